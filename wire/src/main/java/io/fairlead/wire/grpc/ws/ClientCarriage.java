package io.fairlead.wire.grpc.ws;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a client's connections carry gRPC.
 *
 * @param shownAddress the address as it appears in error messages; without secrets
 * @param tls absent for cleartext
 * @param serverName what the server's certificate must name, and the server name sent in the TLS handshake
 * @param webSocket absent for native HTTP/2
 */
public record ClientCarriage(
        String shownAddress,
        Optional<SslContext> tls,
        String serverName,
        int port,
        Optional<Handshake> webSocket,
        Limits limits) {

    /**
     * The HTTP/1.1 request that opens the WebSocket.
     *
     * @param target path, beginning with a slash
     * @param host value of the Host header
     * @param headers further headers, asked for at each connection because a token may have been renewed
     */
    public record Handshake(String target, String host, Supplier<Map<String, List<String>>> headers) {}

    /**
     * How long each part of opening a connection may take. A try that hangs is a try in whose time kas may have returned.
     *
     * @param answer from the request to the answer's header, or from HTTP/2's preface to the server's first byte
     */
    public record Limits(Duration connect, Duration tls, Duration answer) {
        public static final Limits KAS =
                new Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }
}
