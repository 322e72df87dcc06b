package io.fairlead.wire.grpc;

import io.fairlead.base.error.FairleadException;

/**
 * Where an agent finds kas, as its operator wrote it. {@link #parse} forgives what has one meaning only and says the
 * right spelling where it cannot know.
 *
 * @param host a DNS name in lower case, an IPv4 address, or an IPv6 address without brackets
 * @param path of the WebSocket, beginning with a slash; {@code /} for gRPC
 */
public record KasAddress(Scheme scheme, String host, int port, String path) {
    /** How the connection is made. */
    public enum Scheme {
        /** HTTP/2 in cleartext. */
        GRPC("grpc", 80),
        /** HTTP/2 over TLS. */
        GRPCS("grpcs", 443),
        /** HTTP/2 inside a WebSocket in cleartext. */
        WS("ws", 80),
        /** HTTP/2 inside a WebSocket over TLS. */
        WSS("wss", 443);

        private final String text;
        private final int defaultPort;

        Scheme(String text, int defaultPort) {
            this.text = text;
            this.defaultPort = defaultPort;
        }

        public boolean tls() {
            return this == GRPCS || this == WSS;
        }

        public boolean webSocket() {
            return this == WS || this == WSS;
        }

        int defaultPort() {
            return defaultPort;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * Reads {@code grpc://}, {@code grpcs://}, {@code ws://}, {@code wss://} and, for the last two, {@code http://} and
     * {@code https://}, in any case.
     *
     * @throws FairleadException {@code kas-address.unusable}, naming the spelling that would work
     */
    public static KasAddress parse(String text) {
        return new KasAddressParser(text).parse();
    }

    /** Host and port as they stand in a URL; the port always. */
    public String hostAndPort() {
        return bracketedHost() + ":" + port;
    }

    /** The value of an HTTP Host header. */
    String hostHeader() {
        return port == scheme.defaultPort ? bracketedHost() : hostAndPort();
    }

    private String bracketedHost() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** The address in its plainest spelling; it never holds a secret. */
    @Override
    public String toString() {
        return scheme + "://" + hostHeader() + (scheme.webSocket() ? path : "");
    }
}
