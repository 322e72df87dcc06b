package io.fairlead.wire.grpc;

import java.time.Duration;

/**
 * How a listener finds out that a peer is gone, and how often the peer may ask the same.
 *
 * @param pingAfterIdle silence after which a PING is sent
 * @param pingTimeout how long its answer may take before the connection is closed
 * @param clientPingsMin the least time between PINGs of a client; one that pings more often is sent away with {@code
 *     ENHANCE_YOUR_CALM}. Clients may ping without calls.
 */
public record KeepAlive(Duration pingAfterIdle, Duration pingTimeout, Duration clientPingsMin) {
    /** kas's values: agents ping every 55 seconds, kas after 50, and anything rarer than every 20 seconds is allowed. */
    public static final KeepAlive KAS =
            new KeepAlive(Duration.ofSeconds(50), Duration.ofSeconds(20), Duration.ofSeconds(20));
}
