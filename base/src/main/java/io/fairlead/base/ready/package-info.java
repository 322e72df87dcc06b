/** How a process tells scripts that it is ready, and where. Start reading at {@link ReadyFile}. */
@NullMarked
package io.fairlead.base.ready;

import org.jspecify.annotations.NullMarked;
