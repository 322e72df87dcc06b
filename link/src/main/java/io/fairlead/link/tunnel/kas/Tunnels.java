package io.fairlead.link.tunnel.kas;

import java.util.Optional;

/**
 * Where a request finds a tunnel stream to its agent: among those of this kas ({@link TunnelRegistry}), or of any.
 */
public interface Tunnels {
    /** Takes a waiting request back; does nothing when it has been answered. */
    interface Waiting {
        void cancel();
    }

    /** Finds a stream of {@code agentId} that serves {@code service}/{@code method} and hands it to {@code waiter}. */
    Waiting acquire(long agentId, String service, String method, TunnelWaiter waiter);

    /** What the agent was called when it last connected here; empty when it has not since this kas started. */
    Optional<String> agentName(long agentId);
}
