package io.fairlead.forge.variable;

/** Whose a variable is. */
public sealed interface VariableOwner {
    long id();

    record InProject(long id) implements VariableOwner {}

    record InGroup(long id) implements VariableOwner {}

    /** The column that names the owner. */
    default String column() {
        return switch (this) {
            case InProject _ -> "project_id";
            case InGroup _ -> "namespace_id";
        };
    }

    /** GitLab's limits. */
    default int variablesMax() {
        return switch (this) {
            case InProject _ -> 8_000;
            case InGroup _ -> 30_000;
        };
    }
}
