package io.fairlead.wire.http;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;

/**
 * A server to send requests to.
 *
 * @param host name or address to connect to, also the name its certificate must hold unless {@code tlsServerName} says
 *     another
 * @param port TCP port
 * @param tls how to speak TLS to it; empty for clear text
 * @param tlsServerName the name in its certificate when it differs from {@code host}
 */
public record Origin(String host, int port, Optional<SslContext> tls, Optional<String> tlsServerName) {
    public static Origin plain(String host, int port) {
        return new Origin(host, port, Optional.empty(), Optional.empty());
    }

    @Override
    public String toString() {
        return (tls.isPresent() ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + port;
    }
}
