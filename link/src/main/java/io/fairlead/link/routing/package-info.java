/**
 * How a request that came to one kas reaches an agent whose tunnels are with another. Nothing of it runs while there is one
 * kas. Start reading at {@link io.fairlead.link.routing.kas.TunnelRouter} for the way of a request, and at {@link
 * io.fairlead.link.routing.kas.AgentDirectory} for who is where.
 */
@NullMarked
package io.fairlead.link.routing;

import org.jspecify.annotations.NullMarked;
