package io.fairlead.base.config;

import io.fairlead.base.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.Node;

/** What one load has found so far, shared by all its sections. Used by one thread. */
final class ConfigReading {
    static final String VARIABLE_PREFIX = "FAIRLEAD_";

    private final ConfigInput input;
    private final String file;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<ConfigEntry> entries = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> keys = new TreeSet<>();
    private final Set<String> acceptedPrefixes = new HashSet<>();

    ConfigReading(ConfigInput input, String file) {
        this.input = input;
        this.file = file;
    }

    /** A value set outside the file, with the strongest origin first: option, then environment. */
    Optional<ConfigEntry> override(String key) {
        keys.add(key);
        ConfigInput.Flag flag = input.flags().get(key);
        if (flag != null) {
            return Optional.of(new ConfigEntry(key, flag.value(), new ConfigOrigin.Flag(flag.name())));
        }
        String variable = variable(key);
        return input.environment()
                .value(variable)
                .map(value -> new ConfigEntry(key, value, new ConfigOrigin.Variable(variable)));
    }

    /** Whether anything outside the file sets a key below {@code prefix}. */
    boolean overridden(String prefix) {
        String variables = variable(prefix) + "_";
        return input.flags().keySet().stream().anyMatch(key -> key.startsWith(prefix + "."))
                || input.environment().variables().keySet().stream().anyMatch(name -> name.startsWith(variables));
    }

    ConfigOrigin origin(Node node) {
        return new ConfigOrigin.InFile(file, YamlDocument.place(node));
    }

    void problem(ConfigOrigin origin, String message) {
        problems.add(new ConfigProblem(origin, message));
    }

    void entry(ConfigEntry entry) {
        entries.add(entry);
    }

    void accepted(String key) {
        acceptedPrefixes.add(variable(key));
    }

    void warning(String message) {
        warnings.add(message);
    }

    List<ConfigProblem> problems() {
        return problems;
    }

    List<ConfigEntry> entries() {
        return entries;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Options that set no key are a programming error; variables that set none may be another program's. */
    void checkOverrides() {
        for (String key : input.flags().keySet()) {
            if (!keys.contains(key)) {
                throw new IllegalStateException("an option sets " + key + ", which is not a key");
            }
        }
        Set<String> variables = new TreeSet<>();
        keys.forEach(key -> variables.add(variable(key)));
        for (String name : new TreeSet<>(input.environment().variables().keySet())) {
            boolean ours = name.startsWith(VARIABLE_PREFIX);
            boolean accepted = acceptedPrefixes.stream().anyMatch(name::startsWith);
            if (ours
                    && !accepted
                    && !variables.contains(name)
                    && !input.reserved().contains(name)) {
                warnings.add("environment variable " + name + " sets nothing here"
                        + NearestName.of(name, variables)
                                .map(nearest -> "; did you mean " + nearest + "?")
                                .orElse(""));
            }
        }
    }

    private static String variable(String key) {
        return VARIABLE_PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
