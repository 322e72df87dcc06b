package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Checkout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A commit is in the cluster a moment after its push has returned, though Flux polls once an hour: kas tells the agent, the
 * agent Flux. Real source-controller and kustomize-controller; the agent has the rights of its manifest and no others.
 */
@Tag("story")
@Tag("push-to-live")
class PushToLiveStory {
    private static final String PROJECT = "acme/live";
    private static final String AGENT = PROJECT + ":edge";
    private static final String AGENT_NAMESPACE = "fairlead-agent-edge";
    private static final int PUSHES = Integer.getInteger("fairlead.pushes", 20);
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    private static ForgeScenery scenery;
    private static Path cluster;
    private static Kubectl admin;
    private static FluxControllers controllers;
    private static LineAgent agent;
    private static long project;

    @BeforeAll
    static void open() {
        cluster = Scenery.cluster(Checkout.here());
        admin = new Kubectl("kubectl", cluster);
        scenery = ForgeScenery.open("push-to-live");
        scenery.api("POST", "/groups", "{\"name\":\"Acme\",\"path\":\"acme\",\"visibility\":\"private\"}");
        JsonNode group = scenery.api("GET", "/groups/acme", "");
        project = scenery.api(
                        "POST",
                        "/projects",
                        "{\"name\":\"live\",\"path\":\"live\",\"namespace_id\":"
                                + group.path("id").asLong() + "}")
                .path("id")
                .asLong();
        controllers = FluxControllers.start(scenery.folder().resolve("flux"), cluster);
        commit("create", "app/config.yaml", configMap("0"));
        admin.apply(fluxObjects());
        agent = startAgent();
        awaitLive("0");
    }

    @AfterAll
    static void close() {
        if (agent != null) {
            agent.close();
        }
        if (controllers != null) {
            controllers.close();
        }
        if (admin != null) {
            admin.run("delete", "configmap", "story-live", "-n", "default");
            admin.run("delete", "clusterrole,clusterrolebinding", AGENT_NAMESPACE + "-impersonate");
            admin.run("delete", "namespace", AGENT_NAMESPACE, "--wait=false");
        }
        if (scenery != null) {
            scenery.close();
        }
    }

    private static String configMap(String version) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: story-live, namespace: default}
                data: {version: "%s"}
                """.formatted(version);
    }

    /** As somebody writes them by hand: an hour between two looks, so that what comes sooner was told. */
    private static String fluxObjects() {
        String ca = Base64.getEncoder()
                .encodeToString(
                        ForgeScenery.read(scenery.line().caFile()).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return """
                apiVersion: v1
                kind: Secret
                metadata: {name: live, namespace: flux-system}
                stringData: {username: oauth2, password: "%s"}
                data: {ca.crt: %s}
                ---
                apiVersion: source.toolkit.fluxcd.io/v1
                kind: GitRepository
                metadata: {name: live, namespace: flux-system}
                spec: {url: "https://%s/%s.git", interval: 1h, ref: {branch: main}, secretRef: {name: live}}
                ---
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: live, namespace: flux-system}
                spec: {interval: 1h, path: ./app, prune: true, sourceRef: {kind: GitRepository, name: live}}
                """.formatted(scenery.token(), ca, scenery.authority(), PROJECT);
    }

    private static LineAgent startAgent() {
        Path token = scenery.folder().resolve("agent.token");
        var server = scenery.line().server();
        server.command("agent", "create", AGENT).ask();
        server.command("agent", "token", AGENT, "--file", token.toString()).ask();
        return AgentOfManifest.start(
                scenery,
                admin,
                AGENT_NAMESPACE,
                token,
                server.command("agent", "manifest", AGENT, "--agent-token-file", token.toString(), "--flux")
                        .ask());
    }

    private static void commit(String action, String file, String content) {
        scenery.api(
                "POST",
                "/projects/" + project + "/repository/commits",
                Json.write(Map.of(
                        "branch",
                        "main",
                        "commit_message",
                        "Change what is live",
                        "actions",
                        List.of(Map.of("action", action, "file_path", file, "content", content)))));
    }

    private static void awaitLive(String version) {
        Awaitility.await("version " + version + " is live")
                .atMost(WAIT_MAX)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> admin.run(
                                "get", "configmap", "story-live", "-n", "default", "-o", "jsonpath={.data.version}")
                        .text()
                        .equals(version));
    }

    private static String requestedAt() {
        return admin.ask(
                "get",
                "gitrepository",
                "live",
                "-n",
                "flux-system",
                "-o",
                "jsonpath={.metadata.annotations.reconcile\\.fluxcd\\.io/requestedAt}");
    }

    @Test
    void aPushIsLiveLongBeforeFluxWouldHaveLooked() {
        Awaitility.await("the agent follows the repository")
                .atMost(WAIT_MAX)
                .until(() ->
                        ForgeScenery.read(agent.process().log()).contains("Flux follows 1 of the forge's projects"));
        Awaitility.await("the agent leads")
                .atMost(WAIT_MAX)
                .until(() -> ForgeScenery.read(agent.process().log()).contains("this pod leads"));
        List<Double> told = new ArrayList<>();
        List<Double> live = new ArrayList<>();
        for (int i = 1; i <= PUSHES; i++) {
            String before = requestedAt();
            commit("update", "app/config.yaml", configMap(String.valueOf(i)));
            long returned = System.nanoTime();
            Awaitility.await("Flux is told")
                    .atMost(WAIT_MAX)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !requestedAt().equals(before));
            told.add((System.nanoTime() - returned) / 1e6);
            awaitLive(String.valueOf(i));
            live.add((System.nanoTime() - returned) / 1e6);
        }
        assertThat(told).hasSize(PUSHES);

        // Nobody tells Flux now; its own look repairs that.
        agent.close();
        String before = requestedAt();
        commit("update", "app/config.yaml", configMap("unheard"));
        admin.ask(
                "patch",
                "gitrepository",
                "live",
                "-n",
                "flux-system",
                "--type=merge",
                "-p",
                "{\"spec\":{\"interval\":\"5s\"}}");
        awaitLive("unheard");
        assertThat(requestedAt()).isEqualTo(before);
        scenery.figures(("%d pushes: Flux told after p50 %.0f ms, p99 %.0f ms; live after p50 %.0f ms, p99 %.0f ms;"
                        + " untold it finds them at its interval")
                .formatted(PUSHES, percent(told, 50), percent(told, 99), percent(live, 50), percent(live, 99)));
    }

    private static double percent(List<Double> values, int percent) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) Math.ceil(percent / 100.0 * sorted.size()) - 1);
    }
}
