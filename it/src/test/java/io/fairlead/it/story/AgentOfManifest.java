package io.fairlead.it.story;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Checkout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** An agent that runs as a process of this machine with the rights that its manifest gives to its pod, and no others. */
final class AgentOfManifest {
    private AgentOfManifest() {}

    /**
     * Applies the manifest without its Deployment and starts the agent as its service account.
     *
     * @param manifest what {@code fairlead agent manifest} printed
     */
    static LineAgent start(ForgeScenery scenery, Kubectl admin, String namespace, Path token, String manifest) {
        admin.apply(Arrays.stream(manifest.split("(?m)^---$"))
                .filter(object -> !object.contains("kind: Deployment"))
                .collect(Collectors.joining("---")));
        JsonNode view = Json.tree(admin.ask("config", "view", "--raw", "--minify", "--flatten", "-o", "json"));
        String account = admin.ask("create", "token", "agentk", "-n", namespace).strip();
        Path kubeconfig = scenery.folder().resolve("agent.kubeconfig");
        ForgeScenery.write(
                kubeconfig,
                Json.write(Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Config",
                        "current-context",
                        "a",
                        "clusters",
                        view.path("clusters"),
                        "contexts",
                        List.of(Map.of(
                                "name",
                                "a",
                                "context",
                                Map.of(
                                        "cluster",
                                        view.at("/clusters/0/name").asString(),
                                        "user",
                                        "agentk",
                                        "namespace",
                                        namespace))),
                        "users",
                        List.of(Map.of("name", "agentk", "user", Map.of("token", account))))));
        LineAgent started = new LineAgent(
                Checkout.here(),
                scenery.line().server().ready().kasUrl().orElseThrow(),
                token,
                scenery.line().caFile(),
                kubeconfig,
                scenery.folder());
        started.start();
        return started;
    }
}
