/** What operators see of a process: metrics and probes over HTTP. Start reading at {@link ObservabilityListener}. */
@NullMarked
package io.fairlead.base.metrics;

import org.jspecify.annotations.NullMarked;
