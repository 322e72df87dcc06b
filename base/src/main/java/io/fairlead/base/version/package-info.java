/** Which build this is. Start reading at {@link Version}. */
@NullMarked
package io.fairlead.base.version;

import org.jspecify.annotations.NullMarked;
