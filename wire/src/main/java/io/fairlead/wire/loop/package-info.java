/** The few threads that move bytes. Start reading at {@link io.fairlead.wire.loop.EventLoops}. */
@NullMarked
package io.fairlead.wire.loop;

import org.jspecify.annotations.NullMarked;
