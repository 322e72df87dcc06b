/** Random numbers and secrets. Start reading at {@link RandomIds}. */
@NullMarked
package io.fairlead.base.ids;

import org.jspecify.annotations.NullMarked;
