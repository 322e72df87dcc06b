package io.fairlead.base.config;

import io.fairlead.base.env.Environment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a configuration is read from.
 *
 * @param file the YAML file, if there is one
 * @param environment each key may also be set here as {@code FAIRLEAD_} and the dotted key in capitals, {@code _} for dots
 * @param flags options of the command line that set a key: dotted key to value
 * @param reserved variables that start with {@code FAIRLEAD_} and have a meaning of their own
 */
public record ConfigInput(Optional<Path> file, Environment environment, Map<String, Flag> flags, Set<String> reserved) {
    /** An option as its user wrote it, such as {@code --data-dir}, and its value. */
    public record Flag(String name, String value) {}

    public ConfigInput {
        flags = Map.copyOf(flags);
        reserved = Set.copyOf(reserved);
    }

    public static ConfigInput of(Optional<Path> file, Environment environment) {
        return new ConfigInput(file, environment, Map.of(), Set.of());
    }
}
