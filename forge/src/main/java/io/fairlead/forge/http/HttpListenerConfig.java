package io.fairlead.forge.http;

import io.fairlead.base.net.TrustedProxies;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Limits of the HTTP server.
 *
 * @param trustedProxies whose word is taken for where a request comes from
 * @param requestsMax requests that are worked on at once; more wait, in order
 * @param requestsPerClientMax requests of one address among them; fewer when little is free
 * @param kasRequestsMax requests of kas besides, when all those are taken: who floods the forge does not cut kas off
 * @param waitingMax requests that wait for their turn, a thirty-second of them of one address; more are answered 503 at
 *     once
 * @param waitMax how long a request waits before it is answered 503
 * @param idleMax how long a connection may be silent
 * @param stallMax how long a body may be silent in its middle before its request is answered 408
 * @param readGrace how long a client may take no byte of a large answer before it is cut off
 * @param unsentBytesMax bytes of large answers in memory that their clients have not taken yet; more are answered 503
 * @param headerBytesMax all headers of a request together
 */
public record HttpListenerConfig(
        InetSocketAddress address,
        TrustedProxies trustedProxies,
        int requestsMax,
        int requestsPerClientMax,
        int kasRequestsMax,
        int waitingMax,
        Duration waitMax,
        Duration idleMax,
        Duration stallMax,
        Duration readGrace,
        long unsentBytesMax,
        int headerBytesMax) {
    /** An eighth of the heap; while an answer is made, what it is made from takes about as much again. */
    private static final int HEAP_PART = 8;

    public static HttpListenerConfig on(InetSocketAddress address, TrustedProxies trustedProxies) {
        return new HttpListenerConfig(
                address,
                trustedProxies,
                256,
                64,
                32,
                1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Runtime.getRuntime().maxMemory() / HEAP_PART,
                16 * 1024);
    }
}
