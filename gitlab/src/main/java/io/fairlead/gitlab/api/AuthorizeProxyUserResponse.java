package io.fairlead.gitlab.api;

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

    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Agent(long id, Ids.ConfigProject configProject) {
        public Agent {
            Required.present("agent.config_project", configProject);
        }
    }
}
