package io.fairlead.base.text;

/** Names and patterns in which {@code *} stands for anything, as environments, protected references and identities are named in rules. */
public final class Wildcard {
    private Wildcard() {}

    /** Whether {@code pattern} has a star and so stands for many names. */
    public static boolean pattern(String pattern) {
        return pattern.indexOf('*') >= 0;
    }

    /** Whether the name is the pattern itself or fits it. */
    public static boolean fits(String pattern, String name) {
        if (!pattern(pattern)) {
            return pattern.equals(name);
        }
        return matches(pattern.split("\\*+", -1), name);
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
}
