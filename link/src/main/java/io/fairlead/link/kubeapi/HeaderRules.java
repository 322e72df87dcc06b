package io.fairlead.link.kubeapi;

import io.fairlead.link.prototool.Prototool;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HopByHop;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which header fields may pass where, and their spelling on the wire between kas and agentk. Names are asked about as
 * {@link HopByHop#folded} makes them, so that no spelling which a server might fold into another slips through.
 */
public final class HeaderRules {
    /** The client's credentials and what it says of itself: the cluster hears who it is from the agent alone. */
    private static final Set<String> OF_CLIENT =
            Set.of("authorization", "cookie", "host", "gitlab-agent-id", "x-csrf-token", "forwarded", "expect");

    private HeaderRules() {}

    /** Whether a field says, or in some server's eyes may say, who the request comes from. */
    public static boolean ofIdentity(String foldedName) {
        return OF_CLIENT.contains(foldedName)
                || foldedName.startsWith("x-remote-")
                || foldedName.startsWith("x-forwarded-");
    }

    /** Whether a name is one of impersonation's, or begins like one: whoever invents the next has no say here either. */
    public static boolean impersonates(String foldedName) {
        return foldedName.startsWith("impersonate");
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

    /** Adds every value of a wire map to {@code headers}, except names that {@code skip} accepts, given folded. */
    public static void copy(Map<String, Prototool.Values> from, Headers headers, Predicate<String> skip) {
        from.forEach((name, values) -> {
            if (!skip.test(HopByHop.folded(name))) {
                values.getValueList().forEach(value -> headers.add(name, value));
            }
        });
    }
}
