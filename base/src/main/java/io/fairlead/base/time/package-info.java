/** Time as something passed in, so that tests own it. Start reading at {@link Scheduler}. */
@NullMarked
package io.fairlead.base.time;

import org.jspecify.annotations.NullMarked;
