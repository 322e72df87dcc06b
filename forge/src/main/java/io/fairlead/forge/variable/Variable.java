package io.fairlead.forge.variable;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A CI/CD variable.
 *
 * @param scope the environments for which it holds: a name, or a pattern with {@code *} for anything
 * @param masked whether job logs show stars in its place
 * @param hidden whether the API never shows its value again
 * @param protectedOnly whether only jobs of protected branches and tags have it
 * @param raw whether {@code $} in it means nothing
 */
public record Variable(
        String key,
        String value,
        Type type,
        String scope,
        boolean masked,
        boolean hidden,
        boolean protectedOnly,
        boolean raw,
        @Nullable String description) {
    /** Whether a job finds the value itself or the name of a file with it. */
    public enum Type {
        ENV_VAR,
        FILE;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return "Variable[key=" + key + ", scope=" + scope + "]";
    }
}
