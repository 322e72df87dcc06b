package io.fairlead.link.kubeapi;

import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which header fields may pass where, and their spelling on the wire between kas and agentk. */
public final class HeaderRules {
    /** For one connection only (RFC 9110 section 7.6.1 and the older names). */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "proxy-connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** The client's credentials and what it says of itself: the cluster hears who it is from the agent alone. */
    private static final Set<String> OF_CLIENT =
            Set.of("authorization", "cookie", "host", "gitlab-agent-id", "x-csrf-token", "forwarded", "expect");

    private HeaderRules() {}

    public static boolean hopByHop(String lowerCaseName) {
        return HOP_BY_HOP.contains(folded(lowerCaseName));
    }

    /** Some servers take an underscore for a hyphen. */
    private static String folded(String name) {
        return name.indexOf('_') < 0 ? name : name.replace('_', '-');
    }

    /** Whether a field says, or in some server's eyes may say, who the request comes from. */
    public static boolean ofIdentity(String lowerCaseName) {
        String folded = folded(lowerCaseName);
        return OF_CLIENT.contains(folded) || folded.startsWith("x-remote-") || folded.startsWith("x-forwarded-");
    }

    /** Whether a name is one of impersonation's in any spelling a server might fold into it. */
    public static boolean impersonates(String name) {
        String folded = folded(name.toLowerCase(Locale.ROOT)).strip();
        return folded.startsWith("impersonate-") || folded.equals("impersonate");
    }

    /** The names that the fields' own Connection header gives to this connection alone, in lower case. */
    public static Set<String> namedByConnection(List<String> connectionValues) {
        if (connectionValues.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (String value : connectionValues) {
            for (String name : value.split(",", -1)) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Go's canonical form of a header name: the wire's spelling, in which both originals look fields up. */
    public static String canonical(String name) {
        StringBuilder canonical = null;
        boolean upper = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            char wanted = upper ? upper(c) : lower(c);
            if (wanted != c && canonical == null) {
                canonical = new StringBuilder(name);
            }
            if (canonical != null) {
                canonical.setCharAt(i, wanted);
            }
            upper = c == '-';
        }
        return canonical == null ? name : canonical.toString();
    }

    private static char upper(char c) {
        return c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    /** Adds every value of a wire map to {@code headers}, except names that {@code skip} accepts (given in lower case). */
    public static void copy(Map<String, Prototool.Values> from, Headers headers, Predicate<String> skip) {
        from.forEach((name, values) -> {
            if (!skip.test(name.toLowerCase(Locale.ROOT))) {
                values.getValueList().forEach(value -> headers.add(name, value));
            }
        });
    }
}
