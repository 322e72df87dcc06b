package io.fairlead.apps.forge;

import java.util.List;
import java.util.Map;

/** A forge in which every route finds something; for tests that call them all. */
final class SeededApi {
    /** What would end the run: the project, the group, the person and the token that it works with. */
    static final List<String> LEFT_OUT = List.of(
            "delete /projects/{id}",
            "put /projects/{id}",
            "put /projects/{id}/transfer",
            "delete /groups/{id}",
            "put /groups/{id}",
            // An answer that goes on until its reader has enough.
            "get /internal/kubernetes/access_changes",
            "delete /users/{id}",
            "put /users/{id}",
            "post /users/{id}/block",
            "delete /personal_access_tokens/{id}",
            "post /personal_access_tokens/{id}/rotate",
            "delete /personal_access_tokens/self",
            "post /personal_access_tokens/self/rotate");

    private SeededApi() {}

    /** Names of what is there, so that more than "not found" is tried. */
    static Map<String, List<String>> names(RunningForge forge) {
        long project = forge.project("seeded");
        String all = "/api/v4/projects/" + project;
        long agent = forge.agent(project, "prod");
        long agentToken = forge.post(all + "/cluster_agents/" + agent + "/tokens", "name=t")
                .id();
        forge.post(all + "/repository/files/dir%2Ff", "branch=main&content=x&commit_message=m");
        forge.post(all + "/repository/tags", "tag_name=v1&ref=main&message=m");
        forge.post(all + "/variables", "key=K&value=v");
        long environment = forge.post(all + "/environments", "name=review/x").id();
        long deployment = forge.post(
                        all + "/deployments",
                        "environment=production&ref=main&tag=false&status=success&sha=" + "0".repeat(40))
                .id();
        long hook = forge.post(all + "/hooks", "url=http://127.0.0.1:9999/").id();
        long group =
                forge.post("/api/v4/groups", "name=seeded&path=seeded-group").id();
        return Map.of(
                "/projects/{id}", List.of(Long.toString(project), "root/seeded"),
                "/groups/{id}", List.of(Long.toString(group), "seeded-group"),
                "agent_id", List.of(Long.toString(agent)),
                "token_id", List.of(Long.toString(agentToken), "1"),
                "environment_id", List.of(Long.toString(environment)),
                "deployment_id", List.of(Long.toString(deployment)),
                "hook_id", List.of(Long.toString(hook)),
                "sha", List.of("main", "v1", "main~1"),
                "branch", List.of("main", "other"),
                "file_path", List.of("dir/f", "g"));
    }
}
