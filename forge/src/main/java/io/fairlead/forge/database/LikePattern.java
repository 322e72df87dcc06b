package io.fairlead.forge.database;

import java.util.Locale;

/** Patterns for SQL's {@code like … escape '!'}. */
public final class LikePattern {
    private LikePattern() {}

    /** Finds {@code text} anywhere in a folded column. */
    public static String containing(String text) {
        return "%" + text.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0") + "%";
    }
}
