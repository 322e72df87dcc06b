package io.fairlead.wire.grpc;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What an agent's connection to kas needs beside the address.
 *
 * @param caFile PEM certificates trusted beside those of the Java runtime
 * @param insecureSkipVerify accept any certificate; for trials only
 * @param serverName what kas's certificate must name when it is not the address's host
 * @param headers sent with every call (gRPC) or with the handshake (WebSocket)
 * @param userAgent such as {@code gitlab-agent/v17.0.0/abc}
 * @param token the agent's token, asked for at each WebSocket handshake; calls bring their own
 */
public record AgentChannelConfig(
        Optional<Path> caFile,
        boolean insecureSkipVerify,
        Optional<String> serverName,
        Map<String, List<String>> headers,
        String userAgent,
        Supplier<String> token,
        ProxyRules proxy) {
    private static final Set<String> RESERVED =
            Set.of("host", "connection", "upgrade", "content-length", "transfer-encoding", "authorization");

    /** What both HTTP/1.1 and gRPC take for a name. */
    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_.-]+");

    /** @throws IllegalArgumentException when a header is one that {@link #headerFault} finds fault with */
    public AgentChannelConfig {
        headers = Map.copyOf(headers);
        headers.forEach((name, values) ->
                values.forEach(value -> headerFault(name, value).ifPresent(fault -> {
                    throw new IllegalArgumentException(fault);
                })));
    }

    /** Why an operator cannot have this header sent to kas, in one sentence without its value; nothing when they can. */
    public static Optional<String> headerFault(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            return Optional.of("\"" + name + "\" is no header's name: it may hold letters, digits, - _ and . only");
        }
        if (RESERVED.contains(lower) || lower.startsWith("sec-websocket-") || lower.startsWith("grpc-")) {
            return Optional.of("the header " + name + " belongs to the connection itself and cannot be given");
        }
        if (lower.endsWith("-bin")) {
            return Optional.of(
                    "the header " + name + " would be binary to gRPC; choose a name that does not end in -bin");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            return Optional.of("the value of the header " + name + " must be printable ASCII");
        }
        return Optional.empty();
    }

    /** With the runtime's trusted CAs, no further headers and no proxy. */
    public static AgentChannelConfig of(String userAgent, Supplier<String> token) {
        return new AgentChannelConfig(
                Optional.empty(), false, Optional.empty(), Map.of(), userAgent, token, ProxyRules.NONE);
    }

    public AgentChannelConfig withCaFile(Path file) {
        return new AgentChannelConfig(
                Optional.of(file), insecureSkipVerify, serverName, headers, userAgent, token, proxy);
    }

    public AgentChannelConfig withInsecureSkipVerify(boolean skip) {
        return new AgentChannelConfig(caFile, skip, serverName, headers, userAgent, token, proxy);
    }

    public AgentChannelConfig withServerName(String name) {
        return new AgentChannelConfig(caFile, insecureSkipVerify, Optional.of(name), headers, userAgent, token, proxy);
    }

    public AgentChannelConfig withHeaders(Map<String, List<String>> more) {
        return new AgentChannelConfig(caFile, insecureSkipVerify, serverName, more, userAgent, token, proxy);
    }

    public AgentChannelConfig withProxy(ProxyRules rules) {
        return new AgentChannelConfig(caFile, insecureSkipVerify, serverName, headers, userAgent, token, rules);
    }
}
