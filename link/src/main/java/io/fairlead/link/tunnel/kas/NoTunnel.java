package io.fairlead.link.tunnel.kas;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Why a request got no tunnel stream. */
public sealed interface NoTunnel {
    /**
     * The agent has no connection to this kas.
     *
     * @param lost when its last stream ended; empty when it has had none
     * @param began since when this kas would know
     */
    record NotConnected(Optional<Instant> lost, Instant began) implements NoTunnel {}

    /** The agent is connected, but all its streams carry other requests. */
    record AllBusy(int streams, Duration waited) implements NoTunnel {}

    /**
     * Another kas has the agent, or may have it, but none of those that could be reached had a stream free.
     *
     * @param registryThere whether who has the agent is known; false while the registry is away
     */
    record NotReached(int kas, boolean registryThere, Duration waited) implements NoTunnel {}

    /** As many requests as may wait for this agent wait already. */
    record TooManyWaiting(int waiting) implements NoTunnel {}

    /** kas is shutting down. */
    record ShuttingDown() implements NoTunnel {}
}
