package io.fairlead.apps.agentk;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigOrigin;
import io.fairlead.base.config.ConfigProblem;
import io.fairlead.base.config.NearestName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line of agentk, taken apart: {@code --name value}, {@code --name=value}, and switches without a value.
 *
 * @param given each option that was given with its values in order; a switch has none
 */
public record AgentkArguments(Map<AgentkOption, List<String>> given) {
    /**
     * Takes {@code arguments} apart.
     *
     * @throws ConfigException with every mistake: an unknown option, a value that is missing or too much
     */
    public static AgentkArguments parse(List<String> arguments) {
        Map<AgentkOption, List<String>> given = new EnumMap<>(AgentkOption.class);
        List<ConfigProblem> problems = new ArrayList<>();
        Iterator<String> rest = arguments.iterator();
        while (rest.hasNext()) {
            String argument = rest.next();
            int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
            String name = equals < 0 ? argument : argument.substring(0, equals);
            Optional<AgentkOption> option = AgentkOption.named(name);
            if (option.isEmpty()) {
                problems.add(unknown(name));
                continue;
            }
            AgentkOption known = option.get();
            List<String> values = given.get(known);
            if (values != null && !known.isRepeatable()) {
                problems.add(problem(name, "it is given more than once"));
            }
            List<String> all = values == null ? new ArrayList<>() : values;
            given.put(known, all);
            if (known.isSwitch()) {
                if (equals >= 0) {
                    problems.add(problem(name, "it takes no value"));
                }
            } else if (equals >= 0) {
                all.add(argument.substring(equals + 1));
            } else if (rest.hasNext()) {
                all.add(rest.next());
            } else {
                problems.add(problem(name, "its value is missing: " + name + " " + known.label()));
            }
        }
        if (!given.containsKey(AgentkOption.KAS_ADDRESS)) {
            problems.add(problem(
                    "--kas-address",
                    "the agent must know where kas is, for example" + " --kas-address=wss://kas.example.com"));
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new AgentkArguments(given);
    }

    Optional<String> value(AgentkOption option) {
        List<String> values = values(option);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    List<String> values(AgentkOption option) {
        return given.getOrDefault(option, List.of());
    }

    boolean has(AgentkOption option) {
        return given.containsKey(option);
    }

    /** The help text, one option in a paragraph. */
    static String help() {
        StringBuilder text = new StringBuilder(
                "Usage: agentk --kas-address=URL [OPTIONS]\nRuns the agent that joins a cluster to kas.\n\n");
        for (AgentkOption option : AgentkOption.values()) {
            String names = String.join(", ", option.names());
            text.append("  ").append(names);
            text.append(option.isSwitch() ? "" : "=" + option.label());
            text.append("\n        ").append(option.description()).append('\n');
        }
        return text.append(
                        "  -h, --help\n        Shows this help.\n  -V, --version\n        Says which build this is.\n")
                .toString();
    }

    private static ConfigProblem unknown(String name) {
        if (!name.startsWith("-")) {
            // What is not understood may be a secret in the wrong place.
            return problem("", "there are no arguments beside options; agentk --help lists them");
        }
        List<String> known = new ArrayList<>();
        for (AgentkOption option : AgentkOption.values()) {
            known.addAll(option.names());
        }
        String hint = NearestName.of(name, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse("; agentk --help lists the options");
        return problem(name, "there is no such option" + hint);
    }

    private static ConfigProblem problem(String name, String message) {
        ConfigOrigin origin = name.isEmpty() ? new ConfigOrigin.Default() : new ConfigOrigin.Flag(name);
        return new ConfigProblem(origin, message);
    }
}
