/**
 * How a push reaches Flux at once. Start reading at the sides: {@code kas.FluxService}, which tells agents of pushes, and {@code
 * agent.FluxTrigger}, which tells Flux.
 */
@NullMarked
package io.fairlead.link.flux;

import org.jspecify.annotations.NullMarked;
