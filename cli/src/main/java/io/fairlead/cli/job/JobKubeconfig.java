package io.fairlead.cli.job;

import io.fairlead.base.json.Json;
import io.fairlead.cli.forge.CaData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The kubeconfig of a job, as GitLab gives it to jobs: a context {@code <project>:<agent>} for each agent that the job may use.
 * Ours besides: where the environment names one of them, or there is only one, it is the current one.
 *
 * @param server the proxy's address, with a slash at the end as GitLab has it
 * @param caFile certificates to trust for it, copied into the file
 * @param token the job's
 */
record JobKubeconfig(
        String server, Optional<Path> caFile, String token, List<Context> contexts, Optional<Context> current) {
    /** What GitLab calls the only cluster. */
    private static final String CLUSTER = "gitlab";

    record Context(long agentId, String name, String namespace) {
        String user() {
            return "agent:" + agentId;
        }
    }

    /**
     * @param allowed the answer of {@code GET /job/allowed_agents}
     * @param environmentAgent the agent that the job's environment names; 0 for none
     */
    static JobKubeconfig of(
            String server, Optional<Path> caFile, String token, JsonNode allowed, long environmentAgent) {
        List<Context> contexts = new ArrayList<>();
        for (JsonNode agent : allowed.path("allowed_agents")) {
            contexts.add(new Context(
                    agent.path("id").asLong(0),
                    agent.path("config_project").path("path_with_namespace").asString("") + ":"
                            + agent.path("name").asString(""),
                    agent.path("configuration").path("default_namespace").asString("")));
        }
        Optional<Context> current = contexts.stream()
                .filter(context -> context.agentId == environmentAgent)
                .findFirst()
                .or(() -> contexts.size() == 1 ? Optional.of(contexts.getFirst()) : Optional.empty());
        return new JobKubeconfig(server.endsWith("/") ? server : server + "/", caFile, token, contexts, current);
    }

    /** JSON is YAML too, and needs no quoting rules of ours. */
    String yaml() {
        Map<String, Object> cluster = new LinkedHashMap<>();
        cluster.put("server", server);
        caFile.ifPresent(file -> cluster.put("certificate-authority-data", CaData.of(file)));
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "v1");
        config.put("kind", "Config");
        config.put("clusters", List.of(Map.of("name", CLUSTER, "cluster", cluster)));
        config.put("users", contexts.stream().map(this::user).toList());
        config.put("contexts", contexts.stream().map(JobKubeconfig::context).toList());
        current.ifPresent(context -> config.put("current-context", context.name));
        return Json.writePretty(config) + "\n";
    }

    private Map<String, Object> user(Context context) {
        return Map.of("name", context.user(), "user", Map.of("token", "ci:" + context.agentId + ":" + token));
    }

    private static Map<String, Object> context(Context context) {
        Map<String, Object> link = new LinkedHashMap<>();
        link.put("cluster", CLUSTER);
        link.put("user", context.user());
        if (!context.namespace.isEmpty()) {
            link.put("namespace", context.namespace);
        }
        return Map.of("name", context.name, "context", link);
    }

    /** What is in it, for people. */
    String summary() {
        if (contexts.isEmpty()) {
            return "the job may use no agent: no entry of ci_access fits its project, environment and branch";
        }
        return current.map(context -> "the current context is " + context.name)
                .orElse(
                        "no context is the current one, since there are several: kubectl config use-context NAME chooses");
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "kubeconfig of " + contexts + " -> " + server;
    }
}
