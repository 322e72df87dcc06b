/**
 * Which agents are connected, since when, and which were.
 *
 * <p>Start reading at {@link io.fairlead.link.tracker.AgentPresence}.
 */
@NullMarked
package io.fairlead.link.tracker;

import org.jspecify.annotations.NullMarked;
