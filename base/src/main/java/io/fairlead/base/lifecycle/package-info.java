/** How a process starts its parts in order and stops them in reverse. Start reading at {@link Stages}. */
@NullMarked
package io.fairlead.base.lifecycle;

import org.jspecify.annotations.NullMarked;
