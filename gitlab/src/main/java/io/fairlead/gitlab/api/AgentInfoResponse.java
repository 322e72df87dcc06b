package io.fairlead.gitlab.api;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Answer of {@code GET /internal/kubernetes/agent_info}: the agent that a token belongs to. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AgentInfoResponse(
        long projectId,
        long agentId,
        String agentName,
        GitalyInfo gitalyInfo,
        GitalyRepository gitalyRepository,
        String defaultBranch) {
    public AgentInfoResponse {
        Required.positive("project_id", projectId);
        Required.positive("agent_id", agentId);
        Required.text("agent_name", agentName);
        Required.present("gitaly_info", gitalyInfo);
        Required.present("gitaly_repository", gitalyRepository);
        Required.text("default_branch", defaultBranch);
    }
}
