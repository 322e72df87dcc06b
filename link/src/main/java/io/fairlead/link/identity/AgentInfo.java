package io.fairlead.link.identity;

import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;

/**
 * What GitLab says about the agent a token belongs to.
 *
 * @param projectId the project that holds the agent's configuration
 * @param projectPath that project's full path
 */
public record AgentInfo(
        long agentId,
        long projectId,
        String agentName,
        String projectPath,
        GitalyInfo gitaly,
        GitalyRepository repository,
        String defaultBranch) {}
