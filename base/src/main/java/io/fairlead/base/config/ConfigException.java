package io.fairlead.base.config;

import io.fairlead.base.error.FairleadException;
import java.util.List;

/** A configuration that cannot be used; the message lists every mistake, numbered, one a line. */
public final class ConfigException extends FairleadException {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    public ConfigException(List<ConfigProblem> problems) {
        super("config.invalid", numbered(problems));
        this.problems = List.copyOf(problems);
    }

    /** A configuration with one mistake that has no place in the file. */
    public ConfigException(String problem) {
        this(List.of(new ConfigProblem(new ConfigOrigin.Default(), problem)));
    }

    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String numbered(List<ConfigProblem> problems) {
        StringBuilder text = new StringBuilder("the configuration has ")
                .append(problems.size())
                .append(problems.size() == 1 ? " error:" : " errors:");
        for (int i = 0; i < problems.size(); i++) {
            text.append("\n  ").append(i + 1).append(") ").append(problems.get(i));
        }
        return text.toString();
    }
}
