package io.fairlead.wire.http;

import java.time.Duration;

/**
 * Bounds of one client.
 *
 * @param connectTimeout for TCP, and then as much again for TLS
 * @param idleTimeout how long an unused connection is kept
 * @param idlePerLoopMax how many unused connections are kept by each event loop
 * @param connectionsMax how many connections may be open at once; one more request fails
 * @param headerBytesMax all header fields of an answer together
 */
public record ClientConfig(
        Duration connectTimeout, Duration idleTimeout, int idlePerLoopMax, int connectionsMax, int headerBytesMax) {
    /**
     * Dialling as GitLab agentk 16.5 does (30 s). Idle connections are closed well before an API server closes them (90 s),
     * so that no request is sent into a connection that is just being closed.
     */
    public static final ClientConfig DEFAULT =
            new ClientConfig(Duration.ofSeconds(30), Duration.ofSeconds(75), 64, 1_000, 128 * 1024);

    /** The same with another bound on connections. */
    public ClientConfig withConnectionsMax(int count) {
        return new ClientConfig(connectTimeout, idleTimeout, idlePerLoopMax, count, headerBytesMax);
    }
}
