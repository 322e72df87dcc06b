package io.fairlead.wire.grpc;

import io.fairlead.base.error.FairleadException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which HTTP proxy, if any, stands between the agent and kas, after the usual environment variables. As with GitLab's
 * agent only WebSocket addresses go through it; the connection is always asked for by CONNECT.
 *
 * @param http for {@code ws}
 * @param https for {@code wss}
 * @param exempt host names, domains (with or without a leading dot), {@code host:port}, or {@code *}
 */
public record ProxyRules(Optional<HttpProxy> http, Optional<HttpProxy> https, List<String> exempt) {
    /** No proxy for anything. */
    public static final ProxyRules NONE = new ProxyRules(Optional.empty(), Optional.empty(), List.of());

    private static final int PORT_DEFAULT = 80;

    /** A proxy; {@code user} and {@code password} go into its Proxy-Authorization. */
    public record HttpProxy(InetSocketAddress address, Optional<String> user, Optional<String> password) {
        /** Without the password. */
        @Override
        public String toString() {
            return address.getHostString() + ":" + address.getPort();
        }
    }

    /**
     * Reads {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} in upper or lower case.
     *
     * @throws FairleadException {@code proxy.unusable} when one is not a URL with a host
     */
    public static ProxyRules of(Map<String, String> environment) {
        return new ProxyRules(
                variable(environment, "HTTP_PROXY").map(ProxyRules::proxy),
                variable(environment, "HTTPS_PROXY").map(ProxyRules::proxy),
                variable(environment, "NO_PROXY")
                        .map(text -> Stream.of(text.toLowerCase(Locale.ROOT).split(",", -1))
                                .map(String::strip)
                                .filter(entry -> !entry.isEmpty())
                                .toList())
                        .orElse(List.of()));
    }

    /** The proxy on the way to {@code address}. */
    public Optional<HttpProxy> proxyFor(KasAddress address) {
        if (!address.scheme().webSocket() || exempted(address) || loopback(address.host())) {
            return Optional.empty();
        }
        return address.scheme().tls() ? https : http;
    }

    private boolean exempted(KasAddress address) {
        return exempt.stream().anyMatch(entry -> {
            String name = entry.startsWith("*.") ? entry.substring(1) : entry;
            String domain = name.startsWith(".") ? name : "." + name;
            return entry.equals("*")
                    || name.equals(address.host())
                    || name.equals(address.hostAndPort())
                    || address.host().endsWith(domain);
        });
    }

    private static boolean loopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Stream.of(name, name.toLowerCase(Locale.ROOT))
                .map(spelling -> environment.getOrDefault(spelling, "").strip())
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    private static HttpProxy proxy(String text) {
        try {
            URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
                String[] user = uri.getUserInfo() == null
                        ? new String[0]
                        : uri.getUserInfo().split(":", 2);
                return new HttpProxy(
                        InetSocketAddress.createUnresolved(
                                uri.getHost(), uri.getPort() < 0 ? PORT_DEFAULT : uri.getPort()),
                        user.length > 0 ? Optional.of(user[0]) : Optional.empty(),
                        user.length > 1 ? Optional.of(user[1]) : Optional.empty());
            }
        } catch (IllegalArgumentException e) {
            // Said below, without the text: it may hold a password.
        }
        throw new FairleadException(
                "proxy.unusable",
                "HTTP_PROXY or HTTPS_PROXY is not usable; write http://host:port, with user:password@ before the host if needed");
    }
}
