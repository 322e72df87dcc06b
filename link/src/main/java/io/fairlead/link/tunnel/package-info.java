/**
 * The reverse tunnel: streams that agentk keeps open so that kas can send requests into a cluster that accepts no
 * connections.
 *
 * <p>One stream carries one request and is replaced by the agent at once. docs/internals/tunnel-protocol.md tells the
 * protocol. Start reading at {@link io.fairlead.link.tunnel.kas.TunnelRegistry} for the hub's side and at
 * {@link io.fairlead.link.tunnel.agent.TunnelPool} for the cluster's.
 */
@NullMarked
package io.fairlead.link.tunnel;

import org.jspecify.annotations.NullMarked;
