package io.fairlead.base.env;

import java.util.Map;
import java.util.Optional;

/** The environment variables a process was started with; tests pass their own. */
public record Environment(Map<String, String> variables) {
    public Environment {
        variables = Map.copyOf(variables);
    }

    /** The variables of this process. */
    public static Environment system() {
        return new Environment(System.getenv());
    }

    /** The value of a variable; one that is set to the empty text counts as not set. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        return "Environment" + variables.keySet();
    }
}
