package io.fairlead.gitlab.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** As whom a person acts in the cluster; in JSON an object with exactly one key. */
public sealed interface UserAccessAs {
    /** As agentk itself. */
    record Agent() implements UserAccessAs {}

    /** As the person, with a group for each role in the projects and groups that share the agent. */
    record User(List<Ids.Roles> projects, List<Ids.Roles> groups) implements UserAccessAs {
        public User(@Nullable List<Ids.Roles> projects, @Nullable List<Ids.Roles> groups) {
            this.projects = projects == null ? List.of() : List.copyOf(projects);
            this.groups = groups == null ? List.of() : List.copyOf(groups);
        }
    }

    @JsonCreator
    static UserAccessAs of(JsonNode json) {
        List<String> keys = List.copyOf(json.propertyNames());
        if (keys.equals(List.of("agent"))) {
            return new Agent();
        }
        if (keys.equals(List.of("user"))) {
            return GitLabJson.MAPPER.treeToValue(json.get("user"), User.class);
        }
        throw new IllegalArgumentException("access_as has the keys " + keys + " and must have one of agent, user");
    }

    @JsonValue
    default Map<String, Object> json() {
        return switch (this) {
            case Agent() -> Map.of("agent", Map.of());
            case User(var projects, var groups) -> Map.of("user", Map.of("projects", projects, "groups", groups));
        };
    }
}
