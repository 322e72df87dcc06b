package io.fairlead.forge.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Who sees a project without being a member. */
public enum Visibility {
    /** Members only. */
    PRIVATE,
    /** Everyone who is signed in. */
    INTERNAL,
    /** Everyone. */
    PUBLIC;

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Visibility> of(String text) {
        return Arrays.stream(values()).filter(v -> v.text().equals(text)).findFirst();
    }
}
