package io.fairlead.base.config;

/** One mistake in a configuration: where it stands and what to do about it. */
public record ConfigProblem(ConfigOrigin origin, String message) {
    @Override
    public String toString() {
        return origin instanceof ConfigOrigin.Default ? message : origin + ": " + message;
    }
}
