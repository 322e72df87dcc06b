package io.fairlead.link.tunnel.kas;

import java.time.Duration;

/** Why a request got no tunnel stream. */
public sealed interface NoTunnel {
    /** The agent has no connection to this kas. */
    record NotConnected() implements NoTunnel {}

    /** The agent is connected, but all its streams carry other requests. */
    record AllBusy(int streams, Duration waited) implements NoTunnel {}

    /** As many requests as may wait for this agent wait already. */
    record TooManyWaiting(int waiting) implements NoTunnel {}

    /** kas is shutting down. */
    record ShuttingDown() implements NoTunnel {}
}
