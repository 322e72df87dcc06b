/** A whole line from kubectl to a cluster, as separate real processes. Start reading at {@link io.fairlead.testing.line.Line}. */
@NullMarked
package io.fairlead.testing.line;

import org.jspecify.annotations.NullMarked;
