package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A Developer is refused by the cluster and told why; the grant is committed, Flux applies it, and the same command succeeds
 * while everything keeps running. The agent has the rights that its manifest gives it, and no others.
 */
@Tag("story")
@Tag("denied-and-healed")
class DeniedAndHealedStory {
    private static final String PROJECT = "acme/platform";
    private static final String AGENT = PROJECT + ":edge";
    private static final String AGENT_NAMESPACE = "fairlead-agent-edge";

    private static ForgeScenery scenery;
    private static Path cluster;
    private static Kubectl admin;
    private static FluxControllers controllers;
    private static LineAgent agent;
    private static Kubectl dana;
    private static long project;

    @BeforeAll
    static void open() {
        cluster = Scenery.cluster(Checkout.here());
        admin = new Kubectl("kubectl", cluster);
        scenery = ForgeScenery.open("denied-and-healed");
        scenery.api("POST", "/groups", "{\"name\":\"Acme\",\"path\":\"acme\",\"visibility\":\"private\"}");
        admin.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: story-shop, namespace: default}
                spec: {containers: [{name: shop, image: fairlead.local/none}]}
                """);
        controllers = FluxControllers.start(scenery.folder().resolve("flux"), cluster);
        bootstrap();
        project = scenery.api("GET", "/projects/acme%2Fplatform", "").path("id").asLong();
        agent = startAgent();
        commit(
                ".gitlab/agents/edge/config.yaml",
                "user_access:\n  access_as:\n    user: {}\n  projects:\n    - id: " + PROJECT + "\n");
        dana = hireDana();
    }

    @AfterAll
    static void close() {
        if (agent != null) {
            agent.close();
        }
        if (admin != null) {
            admin.run("delete", "pod", "story-shop", "--wait=false");
            admin.run("delete", "clusterrolebinding", "gitlab-user-view");
            admin.run("delete", "clusterrole,clusterrolebinding", AGENT_NAMESPACE + "-impersonate");
            admin.run("delete", "namespace", AGENT_NAMESPACE, "--wait=false");
        }
        if (controllers != null) {
            controllers.close();
        }
        if (scenery != null) {
            scenery.close();
        }
    }

    private static void bootstrap() {
        admin.run("delete", "secret", "flux-system", "-n", "flux-system");
        scenery.program(
                        Checkout.here().tool("flux"),
                        "bootstrap",
                        "gitlab",
                        "--hostname=" + scenery.authority(),
                        "--ssh-hostname=" + scenery.sshAuthority(),
                        "--ca-file=" + scenery.line().caFile(),
                        "--manifests=" + controllers.manifests(),
                        "--components=source-controller,kustomize-controller",
                        "--network-policy=false",
                        "--kubeconfig=" + cluster,
                        "--timeout=90s",
                        "--branch=main",
                        "--path=clusters/testing",
                        "--owner=acme",
                        "--repository=platform")
                .env("GITLAB_TOKEN", scenery.token())
                .within(Duration.ofMinutes(3))
                .run()
                .orFail();
    }

    /** What {@code fairlead agent manifest} would give its pod, for a process of this machine. */
    private static LineAgent startAgent() {
        Path token = scenery.folder().resolve("agent.token");
        server("agent", "create", AGENT).ask();
        server("agent", "token", AGENT, "--file", token.toString()).ask();
        String manifest = server("agent", "manifest", AGENT, "--agent-token-file", token.toString())
                .ask();
        return AgentOfManifest.start(scenery, admin, AGENT_NAMESPACE, token, manifest);
    }

    private static void commit(String file, String content) {
        scenery.api(
                "POST",
                "/projects/" + project + "/repository/commits",
                Json.write(Map.of(
                        "branch",
                        "main",
                        "commit_message",
                        "Say who may use the agent",
                        "actions",
                        List.of(Map.of("action", "create", "file_path", file, "content", content)))));
    }

    /** A Developer of the project with a kubeconfig that she made herself. */
    private static Kubectl hireDana() {
        Path token = scenery.folder().resolve("dana.token");
        server("user", "create", "dana", "--email", "dana@fairlead.local").ask();
        long id =
                scenery.api("GET", "/users?username=dana", "").get(0).path("id").asLong();
        scenery.api("POST", "/projects/" + project + "/members", "{\"user_id\":" + id + ",\"access_level\":30}");
        server("token", "create", "dana", "--scope", "api", "--file", token.toString())
                .ask();
        Path kubeconfig = scenery.folder().resolve("dana.kubeconfig");
        asDana("agent", "kubeconfig", AGENT, "--file", kubeconfig.toString()).ask();
        Kubectl hers = new Kubectl("kubectl", kubeconfig);
        Awaitility.await("the hub lets her through")
                .atMost(Duration.ofSeconds(30))
                .until(() -> hers.raw("/version").run().succeeded());
        return hers;
    }

    private static Command server(String... arguments) {
        return scenery.line().server().command(arguments);
    }

    private static Command asDana(String... arguments) {
        return server(arguments)
                .env(
                        "FAIRLEAD_TOKEN_FILE",
                        scenery.folder().resolve("dana.token").toString());
    }

    /** With nothing but her kubeconfig. */
    private static Command fromHerKubeconfig(String... arguments) {
        return Checkout.here()
                .fairlead(arguments)
                .env("KUBECONFIG", dana.kubeconfig().toString());
    }

    private static String said(Finished finished) {
        System.out.println("    " + (finished.text() + finished.err()).strip().replace("\n", "\n    "));
        return finished.text() + finished.err();
    }

    @Test
    void aRefusalIsExplainedCommittedAppliedAndGone() {
        String refused = said(dana.run("get", "pods", "--all-namespaces"));
        assertThat(refused)
                .contains("Error from server (Forbidden): pods is forbidden: User \"gitlab:user:dana\" cannot list")
                .contains("the cluster sees user \"gitlab:user:dana\" with the groups gitlab:user")
                .contains("gitlab:project_role:" + project + ":developer")
                .contains("the ClusterRoleBinding gitlab-user-view of ClusterRole view to Group gitlab:user would")
                .contains("see \"fairlead why list pods -A\"");
        assertThat(said(dana.run("get", "pods", "-n", "default")))
                .contains("the RoleBinding default/gitlab-user-view of ClusterRole view to Group gitlab:user would");
        assertThat(said(fromHerKubeconfig("why", "list", "pods", "-A").run()))
                .contains("user   gitlab:user:dana", "Refused: no binding lets them list pods in the whole cluster")
                .contains("kind: ClusterRoleBinding", "  name: gitlab-user-view", "    name: gitlab:user");
        Finished curious = fromHerKubeconfig("who-can", "list", "pods", "-A").run();
        assertThat(curious.code()).isEqualTo(4);

        long pid = agent.process().pid();
        Finished granted = server(
                        "grant", "list", "pods", "-A", "--to", "group:gitlab:user", "--agent", AGENT, "--commit")
                .run()
                .orFail();
        assertThat(said(granted)).contains(": clusters/testing/gitlab-user-view.yaml");
        long began = System.nanoTime();
        scenery.program(
                        Checkout.here().tool("flux"),
                        "--kubeconfig=" + cluster,
                        "reconcile",
                        "kustomization",
                        "flux-system",
                        "--with-source")
                .ask();
        Finished healed = Awaitility.await("the same command succeeds")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> dana.run("get", "pods", "--all-namespaces"), Finished::succeeded);
        double seconds = (System.nanoTime() - began) / 1e9;
        assertThat(said(healed)).contains("story-shop").doesNotContain("Forbidden");
        assertThat(agent.process().pid()).isEqualTo(pid);
        assertThat(admin.ask(
                        "get",
                        "clusterrolebinding",
                        "gitlab-user-view",
                        "-o",
                        "jsonpath={.roleRef.name} {.subjects[*].name}"))
                .isEqualTo("view gitlab:user");

        assertThat(server("grant", "list", "pods", "-A", "--to", "group:gitlab:user", "--agent", AGENT, "--commit")
                        .ask())
                .contains("may list pods in the whole cluster already");
        assertThat(said(server("who-can", "list", "pods", "-A", "--agent", AGENT)
                        .run()))
                .contains("Group            gitlab:user", "ClusterRoleBinding gitlab-user-view");
        assertThat(said(fromHerKubeconfig("why", "list", "pods", "-A").run()))
                .contains("Allowed: list pods in the whole cluster, by ClusterRoleBinding gitlab-user-view");
        scenery.figures("refused, explained, granted; let in %.1f s after Flux was told".formatted(seconds));
    }

    @Test
    void aChangeIsExplainedToo() {
        assertThat(said(dana.command("create", "-f", "-")
                        .input(
                                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"story\",\"namespace\":\"default\"}}")
                        .run()))
                .contains("to Group gitlab:project_role:" + project + ":developer would")
                .contains("of ClusterRole edit");
        assertThat(said(dana.run("get", "secrets", "-n", "default")))
                .contains("a new Role and the RoleBinding default/gitlab-project-role-" + project
                        + "-developer-list-secrets");
    }

    @Test
    void theEvaluatorDecidesAsTheApiServerDoes() {
        assertThat(new RealReviews(admin).differences()).isEmpty();
    }
}
