/**
 * agentk's side of the tunnel: streams kept open towards kas, each good for one request.
 *
 * <p>Start reading at {@link io.fairlead.link.tunnel.agent.TunnelPool}. Data plane: nothing here blocks.
 */
@NullMarked
package io.fairlead.link.tunnel.agent;

import org.jspecify.annotations.NullMarked;
