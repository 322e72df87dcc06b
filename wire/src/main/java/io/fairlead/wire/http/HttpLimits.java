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
 * @param bodyTimeout how long a body that is waited for may bring nothing before its request is answered 408
 * @param stalledMax how many clients may leave their answers unread at once; with one more, the one that stopped first is
 *     cut off
 */
public record HttpLimits(
        int requestLineBytesMax,
        int headerBytesMax,
        Duration headTimeout,
        Duration idleTimeout,
        int connectionsMax,
        Duration bodyTimeout,
        int stalledMax) {
    /**
     * Time for heads and idleness as GitLab kas 16.5 has it on its Kubernetes API listener; sizes as common servers have
     * them. A client that has begun a body has it at hand (kubectl reads its input to the end first), so a minute of
     * silence is a broken line. An unread answer holds 128 KiB here and what its tunnel stream has for credit, 256 KiB to
     * 1 MiB: 225 MiB in all at the most.
     */
    public static final HttpLimits DEFAULT = new HttpLimits(
            16 * 1024, 64 * 1024, Duration.ofSeconds(10), Duration.ofSeconds(60), 20_000, Duration.ofSeconds(60), 200);

    /** The same with another bound in time on silent bodies. */
    public HttpLimits withBodyTimeout(Duration timeout) {
        return new HttpLimits(
                requestLineBytesMax, headerBytesMax, headTimeout, idleTimeout, connectionsMax, timeout, stalledMax);
    }

    /** The same with another bound on clients that do not read. */
    public HttpLimits withStalledMax(int count) {
        return new HttpLimits(
                requestLineBytesMax, headerBytesMax, headTimeout, idleTimeout, connectionsMax, bodyTimeout, count);
    }
}
