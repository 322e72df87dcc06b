/**
 * Tells Flux at once of pushes to what it follows. Start reading at {@link io.fairlead.link.flux.agent.FluxTrigger}.
 */
@NullMarked
package io.fairlead.link.flux.agent;

import org.jspecify.annotations.NullMarked;
