package io.fairlead.wire.http;

import java.time.Duration;

/**
 * What one connection may ask of us.
 *
 * @param requestLineBytesMax longest request line; a longer one is answered 414
 * @param headerBytesMax all header fields together; more is answered 431
 * @param headTimeout how long a head may take from its first byte, and a new connection until its first request
 * @param idleTimeout how long a connection may wait between requests
 * @param connectionsMax how many connections may be open at once; further ones are closed as they come
 */
public record HttpLimits(
        int requestLineBytesMax, int headerBytesMax, Duration headTimeout, Duration idleTimeout, int connectionsMax) {
    /** Time-outs as GitLab kas 16.5 has them on its Kubernetes API listener; sizes as common servers have them. */
    public static final HttpLimits DEFAULT =
            new HttpLimits(16 * 1024, 64 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(60), 20_000);
}
