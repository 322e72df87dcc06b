package io.fairlead.link.fake;

import io.fairlead.gitlab.api.GitalyInfo;
import io.fairlead.gitlab.api.GitalyRepository;
import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.entity.KubernetesVersion;
import io.fairlead.link.identity.AgentInfo;
import java.util.Map;

/** Agents as tests speak of them. */
public final class Agents {
    private Agents() {}

    public static AgentInfo agent(long id, long project) {
        return new AgentInfo(
                id,
                project,
                "agent-" + id,
                "group/project-" + project,
                new GitalyInfo("tcp://127.0.0.1:1", "", Map.of()),
                GitalyRepository.of(
                        "default", "@hashed/" + project + ".git", "project-" + project, "group/project-" + project),
                "main");
    }

    public static AgentMeta meta(String version) {
        return AgentMeta.newBuilder()
                .setVersion(version)
                .setCommitId("00000000")
                .setPodNamespace("gitlab-agent")
                .setPodName("agentk-0")
                .build();
    }

    public static KubernetesVersion kubernetes() {
        return KubernetesVersion.newBuilder()
                .setMajor("1")
                .setMinor("34")
                .setGitVersion("v1.34.2")
                .setPlatform("linux/amd64")
                .build();
    }

    /** GitLab's answer about {@link #agent}, with the Gitaly at {@code gitalyAddress}. */
    public static String agentInfoJson(long id, long project, String gitalyAddress, String gitalyToken) {
        return """
                {"project_id": %d, "agent_id": %d, "agent_name": "agent-%d",
                 "gitaly_info": {"address": "%s", "token": "%s", "features": {}},
                 "gitaly_repository": {"storage_name": "default", "relative_path": "@hashed/%d.git",
                   "gl_repository": "project-%d", "gl_project_path": "group/project-%d"},
                 "default_branch": "main"}""".formatted(project, id, id, gitalyAddress, gitalyToken, project, project, project);
    }
}
