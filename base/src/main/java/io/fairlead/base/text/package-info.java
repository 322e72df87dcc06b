/** Texts that people write rules with. Start reading at {@link Wildcard}. */
@NullMarked
package io.fairlead.base.text;

import org.jspecify.annotations.NullMarked;
