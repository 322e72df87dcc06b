/** Git's own formats, byte by byte, also as no honest client writes them. Start reading at {@link PackBytes}. */
@NullMarked
package io.fairlead.testing.git;

import org.jspecify.annotations.NullMarked;
