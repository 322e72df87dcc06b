package io.fairlead.forge.agent;

import io.fairlead.forge.namespace.Namespace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far the words of an agent's configuration reach: through its own top-level group or personal namespace, and into others
 * only where the administrator of the installation has said so. Tenants are divided by their top-level groups, so neither of
 * two may open that border alone: the one could put contexts of theirs into the jobs of the other, and reach people's tools.
 *
 * @param across from the top-level path of agents to those that they may be shared with, all in lower case
 */
public record GroupSharing(Map<String, Set<String>> across) {
    /** Agents stay in their top-level group. */
    public static final GroupSharing NONE = new GroupSharing(Map.of());

    /** Stands for every other top-level group or personal namespace. */
    public static final String ALL = "*";

    /** As many rules as a configuration may have. */
    public static final int RULES_MAX = 1_000;

    private static final Pattern RULE =
            Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]{0,254}):([A-Za-z0-9_][A-Za-z0-9_.-]{0,254}|\\*)");

    public GroupSharing {
        Map<String, Set<String>> copy = new HashMap<>();
        across.forEach((from, to) -> copy.put(from, Set.copyOf(to)));
        across = Map.copyOf(copy);
    }

    /**
     * @param rules each {@code FROM:TO}, two top-level paths, or {@code FROM:*}
     * @throws IllegalArgumentException when one has another form; the message is for whoever wrote it
     */
    public static GroupSharing of(List<String> rules) {
        if (rules.size() > RULES_MAX) {
            throw new IllegalArgumentException("has more than " + RULES_MAX + " entries");
        }
        Map<String, Set<String>> across = new HashMap<>();
        for (String rule : rules) {
            Matcher parts = RULE.matcher(rule);
            if (!parts.matches()) {
                throw new IllegalArgumentException("has the entry \"" + rule
                        + "\", which must be FROM:TO, two top-level groups such as platform:apps, or FROM:*");
            }
            across.computeIfAbsent(parts.group(1).toLowerCase(Locale.ROOT), from -> new HashSet<>())
                    .add(parts.group(2).toLowerCase(Locale.ROOT));
        }
        return new GroupSharing(across);
    }

    /** Whether what an agent's configuration says counts for something with this path. */
    boolean reaches(String agentsProjectPath, String path) {
        String from = Namespace.root(agentsProjectPath);
        String to = Namespace.root(path);
        if (from.equals(to)) {
            return true;
        }
        Set<String> allowed = across.getOrDefault(from, Set.of());
        return allowed.contains(ALL) || allowed.contains(to);
    }
}
