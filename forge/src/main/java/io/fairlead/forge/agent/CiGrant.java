package io.fairlead.forge.agent;

import io.fairlead.agentcfg.text.ConfigurationText;
import io.fairlead.base.text.Wildcard;
import io.fairlead.forge.namespace.PathQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One entry of {@code ci_access} in an agent's configuration: what it gives to the jobs of a project, of all projects in a
 * group and below, or of all projects there are.
 *
 * @param pathFolded the project's or group's full path; empty for the whole installation
 * @param position its place in the list; of several entries that fit equally well the first counts
 * @param configuration the entry without its {@code id}
 */
public record CiGrant(Kind kind, String pathFolded, int position, JsonNode configuration) {
    /** To what an entry gives. */
    public enum Kind {
        PROJECT,
        GROUP,
        INSTANCE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** How an entry speaks of a job's environment, the most telling first. */
    enum Naming {
        /** By its name. */
        NAME,
        /** By a pattern that it fits. */
        PATTERN,
        /** It does not: it gives for any environment and for none. */
        NONE
    }

    /** The entries of a configuration; what has no id is nothing. */
    public static List<CiGrant> read(JsonNode agentConfiguration) {
        List<CiGrant> grants = new ArrayList<>();
        JsonNode section = agentConfiguration.path("ci_access");
        add(grants, Kind.PROJECT, section.path("projects"));
        add(grants, Kind.GROUP, section.path("groups"));
        if (section.path("instance") instanceof ObjectNode instance) {
            grants.add(new CiGrant(Kind.INSTANCE, "", 0, instance));
        }
        return List.copyOf(grants);
    }

    private static void add(List<CiGrant> grants, Kind kind, JsonNode list) {
        int position = 0;
        for (JsonNode entry : list) {
            if (position == ConfigurationText.ENTRIES_MAX) {
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

    /** Whether a job for this environment, or for none, may use it. */
    boolean allowsEnvironment(String environment) {
        JsonNode names = environments();
        if (names.isEmpty()) {
            return true;
        }
        return !environment.isEmpty()
                && names.valueStream().anyMatch(name -> Wildcard.fits(name.asString(""), environment));
    }

    /** How it speaks of an environment that it allows. */
    Naming naming(String environment) {
        JsonNode names = environments();
        if (names.isEmpty()) {
            return Naming.NONE;
        }
        return names.valueStream().anyMatch(name -> name.asString("").equals(environment))
                ? Naming.NAME
                : Naming.PATTERN;
    }

    private JsonNode environments() {
        return configuration.path("environments");
    }

    boolean protectedRefsOnly() {
        return configuration.path("protected_branches_only").asBoolean(false);
    }

    /** Whether the job acts as the person who runs it. */
    boolean asWhoRunsIt() {
        return configuration.path("access_as").has("ci_user");
    }
}
