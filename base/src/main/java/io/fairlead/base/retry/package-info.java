/** Waiting before trying again. Start reading at {@link Backoff}. */
@NullMarked
package io.fairlead.base.retry;

import org.jspecify.annotations.NullMarked;
