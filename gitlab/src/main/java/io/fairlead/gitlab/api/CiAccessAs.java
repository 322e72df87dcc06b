package io.fairlead.gitlab.api;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** As whom a CI job acts in the cluster; in JSON an object with exactly one key. */
public sealed interface CiAccessAs {
    /** As agentk itself; also when nothing is said. */
    record Agent() implements CiAccessAs {}

    /** As the job: its name, groups and extras are made of ids. */
    record CiJob() implements CiAccessAs {}

    /** As someone named in the rule. */
    record Impersonate(String username, List<String> groups, String uid, List<ExtraKeyVal> extra)
            implements CiAccessAs {
        public Impersonate(
                @Nullable String username,
                @Nullable List<String> groups,
                @Nullable String uid,
                @Nullable List<ExtraKeyVal> extra) {
            this.username = Required.text("access_as.impersonate.username", username);
            this.groups = groups == null ? List.of() : List.copyOf(groups);
            this.uid = uid == null ? "" : uid;
            this.extra = extra == null ? List.of() : List.copyOf(extra);
        }
    }

    /** Something this version does not know. It must be refused: taking it for {@link Agent} would give more rights. */
    record Unknown(List<String> keys) implements CiAccessAs {
        public Unknown {
            keys = List.copyOf(keys);
        }
    }

    record ExtraKeyVal(String key, List<String> val) {
        public ExtraKeyVal(@Nullable String key, @Nullable List<String> val) {
            this.key = Required.text("access_as.impersonate.extra.key", key);
            this.val = val == null ? List.of() : List.copyOf(val);
        }
    }

    @JsonCreator
    static CiAccessAs of(JsonNode json) {
        List<String> keys = List.copyOf(json.propertyNames());
        if (json.isObject() && keys.isEmpty()) {
            return new Agent();
        }
        if (keys.size() != 1) {
            return new Unknown(keys);
        }
        return switch (keys.getFirst()) {
            case "agent" -> new Agent();
            case "ci_job" -> new CiJob();
            case "impersonate" -> GitLabJson.MAPPER.treeToValue(json.get("impersonate"), Impersonate.class);
            default -> new Unknown(keys);
        };
    }

    @JsonValue
    default Map<String, Object> json() {
        return switch (this) {
            case Agent() -> Map.of("agent", Map.of());
            case CiJob() -> Map.of("ci_job", Map.of());
            case Impersonate(var username, var groups, var uid, var extra) ->
                Map.of("impersonate", Map.of("username", username, "groups", groups, "uid", uid, "extra", extra));
            case Unknown(var keys) -> throw new IllegalStateException("cannot be written: access_as " + keys);
        };
    }
}
