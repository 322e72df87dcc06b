package io.fairlead.gitlab.api;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Answer of {@code GET /internal/kubernetes/project_info}: a project that an agent may read. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ProjectInfoResponse(
        long projectId, GitalyInfo gitalyInfo, GitalyRepository gitalyRepository, String defaultBranch) {
    public ProjectInfoResponse {
        Required.positive("project_id", projectId);
        Required.present("gitaly_info", gitalyInfo);
        Required.present("gitaly_repository", gitalyRepository);
        Required.text("default_branch", defaultBranch);
    }
}
