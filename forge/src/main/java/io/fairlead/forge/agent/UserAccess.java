package io.fairlead.forge.agent;

import io.fairlead.agentcfg.text.ConfigurationText;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What an agent's configuration allows to people.
 *
 * @param projects full paths; members of these from Developer on may use the agent
 * @param groups full paths, likewise
 */
record UserAccess(As as, List<String> projects, List<String> groups) {
    /** As whom people act in the cluster. */
    enum As {
        /** As agentk itself. */
        AGENT,
        /** As themselves. */
        USER
    }

    /** The section {@code user_access} of a configuration; nothing when there is none. */
    static Optional<UserAccess> read(JsonNode agentConfiguration) {
        JsonNode section = agentConfiguration.path("user_access");
        if (!section.isObject()) {
            return Optional.empty();
        }
        As as = section.path("access_as").has("user") ? As.USER : As.AGENT;
        return Optional.of(new UserAccess(as, ids(section.path("projects")), ids(section.path("groups"))));
    }

    private static List<String> ids(JsonNode list) {
        return list.valueStream()
                .limit(ConfigurationText.ENTRIES_MAX)
                .map(entry -> entry.path("id").asString(""))
                .filter(id -> !id.isEmpty())
                .toList();
    }
}
