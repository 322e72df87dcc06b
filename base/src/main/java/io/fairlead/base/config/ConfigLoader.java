package io.fairlead.base.config;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.yaml.YamlDocument;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Turns a {@link ConfigInput} into a configuration record.
 *
 * <p>A record maps itself: its {@code read(ConfigSection)} asks for each key with type and default, and what was asked for
 * is what exists. So a key that nobody asked for is an error, no key can be forgotten in the list of known ones, and every
 * key can be set by environment variable.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads {@code input} by {@code mapping}.
     *
     * @throws ConfigException with every mistake at once
     */
    public static <T> LoadedConfig<T> load(ConfigInput input, Function<ConfigSection, T> mapping) {
        String name = input.file().map(Path::toString).orElse("configuration");
        ConfigReading reading = new ConfigReading(input, name);
        ConfigSection root = ConfigSection.root(reading, root(input, name));
        T value;
        try {
            value = mapping.apply(root);
        } catch (IllegalArgumentException e) {
            // A record refused its values. With problems recorded they are the cause: a placeholder stood in for one.
            if (reading.problems().isEmpty()) {
                throw e;
            }
            root.reportUnknownKeys();
            throw new ConfigException(reading.problems());
        }
        root.reportUnknownKeys();
        if (!reading.problems().isEmpty()) {
            throw new ConfigException(reading.problems());
        }
        reading.checkOverrides();
        return new LoadedConfig<>(value, reading.entries(), reading.warnings());
    }

    private static Optional<Node> root(ConfigInput input, String name) {
        if (input.file().isEmpty()) {
            return Optional.empty();
        }
        try {
            return YamlDocument.compose(name, Files.readString(input.file().get()));
        } catch (NoSuchFileException e) {
            throw new ConfigException("there is no configuration file " + name);
        } catch (MalformedInputException e) {
            throw new ConfigException(name + " is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + name + " cannot be read: " + e);
        } catch (FairleadException e) {
            throw new ConfigException(e.getMessage() == null ? name + " is not valid YAML" : e.getMessage());
        }
    }
}
