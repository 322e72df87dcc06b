package io.fairlead.forge.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Limits of the HTTP server.
 *
 * @param requestsMax requests that are worked on at once; more wait for a thread, in order
 * @param idleMax how long a connection may be silent, also in the middle of a body
 * @param headerBytesMax all headers of a request together
 */
public record HttpListenerConfig(InetSocketAddress address, int requestsMax, Duration idleMax, int headerBytesMax) {
    public static HttpListenerConfig on(InetSocketAddress address) {
        return new HttpListenerConfig(address, 256, Duration.ofSeconds(60), 16 * 1024);
    }
}
