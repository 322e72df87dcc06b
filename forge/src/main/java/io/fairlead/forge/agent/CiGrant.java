package io.fairlead.forge.agent;

import io.fairlead.forge.namespace.PathQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One entry of {@code ci_access} in an agent's configuration: what it gives to the jobs of a project, or to those of all
 * projects in a group and below.
 *
 * @param pathFolded the project's or group's full path
 * @param position its place in the list; of several entries for one path the first counts
 * @param configuration the entry without its {@code id}
 */
public record CiGrant(Kind kind, String pathFolded, int position, JsonNode configuration) {
    /** GitLab reads the first 500 entries of each list and ignores the rest. */
    static final int ENTRIES_MAX = 500;

    /** To what an entry gives. */
    public enum Kind {
        PROJECT,
        GROUP;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The entries of a configuration as kas reports it; what has no id is nothing. */
    public static List<CiGrant> read(JsonNode agentConfiguration) {
        List<CiGrant> grants = new ArrayList<>();
        JsonNode section = agentConfiguration.path("ci_access");
        add(grants, Kind.PROJECT, section.path("projects"));
        add(grants, Kind.GROUP, section.path("groups"));
        return List.copyOf(grants);
    }

    private static void add(List<CiGrant> grants, Kind kind, JsonNode list) {
        int position = 0;
        for (JsonNode entry : list) {
            if (position == ENTRIES_MAX) {
                return;
            }
            if (entry instanceof ObjectNode object && object.path("id").isString()) {
                ObjectNode rest = object.deepCopy();
                rest.remove("id");
                grants.add(new CiGrant(kind, PathQueries.folded(object.get("id").asString()), position, rest));
            }
            position++;
        }
    }

    /** Whether a job for this environment, or for none, may use it; names may hold {@code *} for anything. */
    boolean allowsEnvironment(String environment) {
        JsonNode names = configuration.path("environments");
        if (!names.isArray() || names.isEmpty()) {
            return true;
        }
        if (environment.isEmpty()) {
            return false;
        }
        for (JsonNode name : names) {
            if (glob(name.asString("")).matcher(environment).matches()) {
                return true;
            }
        }
        return false;
    }

    boolean protectedRefsOnly() {
        return configuration.path("protected_branches_only").asBoolean(false);
    }

    private static Pattern glob(String text) {
        StringBuilder pattern = new StringBuilder();
        for (String literal : text.split("\\*", -1)) {
            pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }
}
