package io.fairlead.wire.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which fields of a message are for one connection alone, so that no proxy passes them on: those of RFC 9110 section 7.6.1,
 * the older names, and what the message's own Connection fields name.
 */
public final class HopByHop {
    private static final Set<String> ALWAYS = Set.of(
            "connection",
            "proxy-connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final HopByHop UNNAMED = new HopByHop(Set.of());

    private final Set<String> named;

    private HopByHop(Set<String> named) {
        this.named = named;
    }

    /** For a message whose Connection fields have these values. */
    public static HopByHop of(List<String> connection) {
        if (connection.isEmpty()) {
            return UNNAMED;
        }
        Set<String> names = new HashSet<>();
        for (String value : connection) {
            for (String name : value.split(",", -1)) {
                names.add(folded(name));
            }
        }
        return new HopByHop(names);
    }

    /** Whether the field whose {@link #folded} name this is stays on its connection. */
    public boolean holds(String foldedName) {
        return ALWAYS.contains(foldedName) || named.contains(foldedName);
    }

    /** A field's name as rules compare it: in lower case, with hyphens for the underscores that some servers take for them. */
    public static String folded(String name) {
        String lower = name.toLowerCase(Locale.ROOT).strip();
        return lower.indexOf('_') < 0 ? lower : lower.replace('_', '-');
    }
}
