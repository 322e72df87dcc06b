package io.fairlead.base.config;

import java.util.List;

/** A valid configuration, every setting with its origin in the order it was read, and what its owner should know. */
public record LoadedConfig<T>(T value, List<ConfigEntry> entries, List<String> warnings) {
    public LoadedConfig {
        entries = List.copyOf(entries);
        warnings = List.copyOf(warnings);
    }
}
