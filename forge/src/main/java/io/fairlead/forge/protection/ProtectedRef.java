package io.fairlead.forge.protection;

import java.util.List;

/**
 * A branch or tag, or all whose names fit a pattern, with what only some may do.
 *
 * @param name a name, or a pattern in which {@code *} stands for anything
 * @param forcePush whether a push may throw commits away; for branches
 */
public record ProtectedRef(long id, RefKind kind, String name, boolean forcePush, List<Grant> grants) {
    static final int NAME_LENGTH_MAX = 255;

    /** Whether this protects what is named so, without the kind's prefix. */
    boolean covers(String shortName) {
        if (name.indexOf('*') < 0) {
            return name.equals(shortName);
        }
        String[] parts = name.split("\\*+", -1);
        return matches(parts, shortName);
    }

    /** Piece by piece from the left, each as early as possible, so that no pattern takes long. */
    private static boolean matches(String[] parts, String text) {
        if (!text.startsWith(parts[0])) {
            return false;
        }
        int from = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = text.indexOf(parts[i], from);
            if (found < 0) {
                return false;
            }
            from = found + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return text.length() - last.length() >= from && text.endsWith(last);
    }

    List<Grant> grants(Grant.Action action) {
        return grants.stream().filter(grant -> grant.action() == action).toList();
    }
}
