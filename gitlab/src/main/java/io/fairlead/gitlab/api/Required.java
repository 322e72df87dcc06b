package io.fairlead.gitlab.api;

import org.jspecify.annotations.Nullable;

/** Checks of what an answer must hold; Jackson turns their exception into one of its own that names the place. */
final class Required {
    private Required() {}

    static long positive(String key, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(key + " is " + value + " and must be greater than 0");
        }
        return value;
    }

    static String text(String key, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException(key + " is empty");
        }
        return value;
    }

    static <T> T present(String key, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(key + " is absent");
        }
        return value;
    }
}
