package io.fairlead.gitlab.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Answer of {@code POST /internal/kubernetes/authorize_proxy_user}: who the user is and as whom to act. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AuthorizeProxyUserResponse(Agent agent, Ids.User user, UserAccessAs accessAs) {
    public AuthorizeProxyUserResponse {
        Required.present("agent", agent);
        Required.present("user", user);
        Required.present("access_as", accessAs);
    }

    /** @param name said by our forge only; with it a refusal can name the agent that kas has not seen yet */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Agent(long id, Ids.ConfigProject configProject, Optional<String> name) {
        @SuppressWarnings("NullableOptional") // Jackson gives null for a key that is absent.
        public Agent(long id, Ids.ConfigProject configProject, @Nullable Optional<String> name) {
            this.id = id;
            this.configProject = Required.present("agent.config_project", configProject);
            this.name = name == null ? Optional.empty() : name;
        }
    }
}
