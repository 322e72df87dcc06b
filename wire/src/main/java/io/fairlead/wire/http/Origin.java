package io.fairlead.wire.http;

import io.fairlead.wire.tls.ClientTls;
import io.fairlead.wire.tls.ServerTrust;
import io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.util.List;
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

    /** A server behind TLS whose certificate is not looked at: only for listeners of this process itself. */
    public static Origin unverified(String host, int port) {
        return new Origin(
                host,
                port,
                Optional.of(ClientTls.context(Optional.empty(), true, List.of("http/1.1"))),
                Optional.empty());
    }

    /** The server of an {@code http} or {@code https} URL, spoken to as {@code trust} says. */
    public static Origin of(URI url, ServerTrust trust, Optional<String> tlsServerName) {
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
        String host = url.getHost().startsWith("[")
                ? url.getHost().substring(1, url.getHost().length() - 1)
                : url.getHost();
        return new Origin(host, port, secure ? Optional.of(trust.context()) : Optional.empty(), tlsServerName);
    }

    @Override
    public String toString() {
        return (tls.isPresent() ? "https://" : "http://") + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + port;
    }
}
