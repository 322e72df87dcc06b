package io.fairlead.forge.http;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** From where a request comes: what the proxy on this machine says, if it came through one, else who connected. */
final class ClientAddress {
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f:.]{2,45}");

    private ClientAddress() {}

    static String of(String peer, Map<String, List<String>> headers) {
        boolean local = peer.startsWith("127.") || peer.equals("::1") || peer.equals("[::1]");
        List<String> forwarded = headers.getOrDefault("x-forwarded-for", List.of());
        if (!local || forwarded.isEmpty()) {
            return peer;
        }
        // What is before the last was said by whoever connected to the proxy, and may be a lie.
        String last = forwarded.getLast();
        String said = last.substring(last.lastIndexOf(',') + 1).strip();
        return ADDRESS.matcher(said).matches() ? said : peer;
    }
}
