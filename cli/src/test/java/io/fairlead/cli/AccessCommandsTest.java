package io.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.cli.output.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** why, who-can and grant against a forge and a proxy that answer as they were told. */
class AccessCommandsTest {
    private static final String PROJECT = "/projects/group%2Fproject";
    private static final String ASK = "/k8s/apis/explain.fairlead.dev/v1/";
    private static final String LIST_PODS = "?verb=list&resource=pods";
    private static final String MANIFEST = """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata:
              name: gitlab-user-view
            roleRef:
              apiGroup: rbac.authorization.k8s.io
              kind: ClusterRole
              name: view
            subjects:
              - kind: Group
                apiGroup: rbac.authorization.k8s.io
                name: gitlab:user
            """;
    private static final String GRANT =
            "\"grant\":{\"text\":\"the binding\",\"fileName\":\"gitlab-user-view.yaml\",\"manifest\":"
                    + Json.write(MANIFEST) + "}";
    private static final String REFUSED = "{\"kind\":\"Explanation\",\"action\":\"list pods in the whole cluster\","
            + "\"to\":\"Group gitlab:user\",\"allowed\":false,\"text\":\"no binding lets them\",\"caller\":{\"user\":\"gitlab:user:dana\","
            + "\"groups\":[\"gitlab:user\"],\"agentItself\":false}," + GRANT + "}";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeForge forge;

    AccessCommandsTest() throws IOException {
        forge = new FakeForge();
    }

    @BeforeEach
    void answer() {
        forge.answer("GET " + PROJECT + "/cluster_agents?per_page=100&page=1", 200, "[{\"id\":7,\"name\":\"prod\"}]")
                .answer("POST /user/personal_access_tokens", 201, "{\"id\":5,\"token\":\"glpat-short\"}")
                .answer("DELETE /personal_access_tokens/5", 204, "")
                .answer("GET /metadata", 200, "{\"kas\":{\"externalK8sProxyUrl\":\"" + forge.url() + "/k8s\"}}")
                .answer("GET /k8s/api", 200, """
                        {"items":[{"metadata":{},"versions":[{"resources":[
                          {"resource":"pods","scope":"Namespaced","singularResource":"pod","shortNames":["po"]},
                          {"resource":"nodes","scope":"Cluster","singularResource":"node"},
                          {"resource":"namespaces","scope":"Cluster","singularResource":"namespace","shortNames":["ns"]}]}]}]}""")
                .answer("GET /k8s/apis", 200, """
                        {"items":[{"metadata":{"name":"metrics.k8s.io"},"versions":[{"resources":[
                          {"resource":"pods","scope":"Namespaced","singularResource":""}]}]}]}""")
                .answer("GET " + PROJECT, 200, "{\"default_branch\":\"main\"}")
                .answer(
                        "GET " + PROJECT + "/repository/tree?path=clusters&ref=main&per_page=100&page=1",
                        200,
                        "[{\"type\":\"tree\",\"path\":\"clusters/testing\"},{\"type\":\"blob\",\"path\":\"clusters/README.md\"}]")
                .answer("POST " + PROJECT + "/repository/commits", 201, "{\"short_id\":\"1a2b3c4d\"}");
        for (String question : List.of("why", "grant")) {
            forge.answer("GET " + ASK + question + LIST_PODS, 200, REFUSED);
        }
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        return run(Map.of("FAIRLEAD_URL", forge.url(), "FAIRLEAD_TOKEN", "admin-token"), all);
    }

    private int run(Map<String, String> environment, List<String> arguments) {
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream("job-token\n".getBytes(StandardCharsets.UTF_8)),
                new Environment(environment),
                Clock.fixed(Instant.parse("2026-11-23T05:00:00Z"), ZoneOffset.UTC));
        return FairleadCommand.execute(
                FairleadCommand.commandLine(context, Map.of()), arguments.toArray(String[]::new));
    }

    private int agent(String... arguments) {
        return run(Stream.concat(Arrays.stream(arguments), Stream.of("--agent", "group/project:prod"))
                .toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whySaysAsWhomAndWhatWouldHelpAndEndsItsToken() {
        assertThat(agent("why", "list", "po", "-A")).isZero();
        assertThat(out())
                .contains("user   gitlab:user:dana", "group  gitlab:user", "Refused: no binding lets them.", MANIFEST);
        assertThat(forge.requests())
                .anyMatch(request -> request.startsWith("POST /user/personal_access_tokens")
                        && request.contains("k8s_proxy")
                        && request.contains("2026-11-24"))
                .anyMatch(request -> request.startsWith("DELETE /personal_access_tokens/5 admin-token"));
        assertThat(out() + err()).doesNotContain("glpat-short");
    }

    @Test
    void namesAreTheClustersAndNamespacesKubectls() {
        agent("why", "get", "pod/web", "-n", "shop", "--subresource", "log");
        agent("why", "list", "nodes");
        agent("why", "get", "ns/shop");
        agent("why", "list", "pods.metrics.k8s.io");
        agent("why", "list", "widgets.example.com");
        agent("why", "get", "/metrics");
        assertThat(forge.targets().stream()
                        .filter(request -> request.startsWith("GET " + ASK))
                        .map(request -> request.split(" ")[1].substring(ASK.length())))
                .containsExactly(
                        "why?verb=get&resource=pods&subresource=log&namespace=shop&name=web",
                        "why?verb=list&resource=nodes",
                        "why?verb=get&resource=namespaces&namespace=shop&name=shop",
                        "why?verb=list&resource=pods&group=metrics.k8s.io&namespace=default",
                        "why?verb=list&resource=widgets&group=example.com&namespace=default",
                        "why?verb=get&path=%2Fmetrics");
    }

    @Test
    void aRefusalOfTheHubIsToldAsSuch() {
        forge.answer("GET " + ASK + "why" + LIST_PODS, 403, """
                {"kind":"Status","message":"GitLab Agent Server: Forbidden: you are no member. Trace ID: x","code":403}""");
        assertThat(agent("why", "list", "pods", "-A")).isEqualTo(4);
        assertThat(err()).contains("the hub answered 403, before the cluster was asked: Forbidden: you are no member");
    }

    @Test
    void anAgentThatExplainsNothingIsToldAsSuch() {
        forge.answer("GET " + ASK + "why" + LIST_PODS, 403, """
                {"kind":"Status","message":"why.explain.fairlead.dev is forbidden","details":{"group":"explain.fairlead.dev"}}""");
        assertThat(agent("why", "list", "pods", "-A")).isEqualTo(1);
        assertThat(err()).contains("--plain-refusals");
    }

    @Test
    void whoCanIsATable() {
        forge.answer("GET " + ASK + "who-can" + LIST_PODS, 200, """
                {"kind":"Explanation","subjects":[{"kind":"Group","name":"gitlab:user","namespace":"","by":"ClusterRoleBinding b","role":"ClusterRole view"},
                 {"kind":"ServiceAccount","name":"s","namespace":"n","by":"RoleBinding a/b","role":"Role r"}]}""");
        assertThat(agent("who-can", "list", "pods", "-A")).isZero();
        assertThat(out()).contains("Group            gitlab:user", "ServiceAccount   n/s");
    }

    @Test
    void whoCanIsRefusedInTheAgentsWords() {
        forge.answer("GET " + ASK + "who-can" + LIST_PODS, 403, """
                {"kind":"Status","message":"Fairlead: it is told to maintainers","details":{"group":"explain.fairlead.dev"}}""");
        assertThat(agent("who-can", "list", "pods", "-A")).isEqualTo(4);
        assertThat(err()).contains("it is told to maintainers");
    }

    @Test
    void aJobAsksWithItsToken() {
        assertThat(agent("why", "list", "pods", "-A", "--as-job", "-")).isZero();
        assertThat(forge.requests()).noneMatch(request -> request.contains("personal_access_tokens"));
        assertThat(run("why", "list", "pods", "--as-job", "-")).isEqualTo(2);
    }

    @Test
    void aKubeconfigIsEnough() throws IOException {
        Path kubeconfig = folder.resolve("config");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: group/project:prod
                clusters:
                - {name: c, cluster: {server: "%s/k8s"}}
                contexts:
                - {name: "group/project:prod", context: {cluster: c, user: u, namespace: shop}}
                users:
                - {name: u, user: {token: "pat:7:x"}}
                """.formatted(forge.url()));
        forge.answer("GET " + ASK + "why" + LIST_PODS + "&namespace=shop", 200, REFUSED);
        assertThat(run(Map.of("KUBECONFIG", kubeconfig.toString()), List.of("why", "list", "pods")))
                .isZero();
        assertThat(run(Map.of("KUBECONFIG", kubeconfig.toString()), List.of("why", "list", "pods", "--context", "x")))
                .isEqualTo(2);
        assertThat(run(Map.of(), List.of("why", "list", "pods"))).isEqualTo(2);
    }

    private JsonNode committed() {
        String request = forge.requests().stream()
                .filter(each -> each.startsWith("POST " + PROJECT + "/repository/commits"))
                .findFirst()
                .orElseThrow();
        return Json.tree(request.substring(request.indexOf('{')));
    }

    private void file(String path, String content) {
        forge.answer(
                "GET " + PROJECT + "/repository/files/" + path.replace("/", "%2F") + "?ref=main",
                200,
                Json.write(Map.of(
                        "last_commit_id",
                        "abc",
                        "content",
                        Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)))));
    }

    @Test
    void grantPrints() {
        assertThat(agent("grant", "list", "pods", "-A")).isZero();
        assertThat(out()).isEqualTo(MANIFEST);
        assertThat(forge.requests()).noneMatch(request -> request.contains("/repository/"));
    }

    @Test
    void grantCommitsToTheClustersFolder() {
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isZero();
        JsonNode commit = committed();
        assertThat(commit.path("branch").asString()).isEqualTo("main");
        assertThat(commit.path("commit_message").asString())
                .isEqualTo("Let Group gitlab:user list pods in the whole cluster");
        assertThat(commit.path("actions")).hasSize(1);
        assertThat(commit.at("/actions/0/action").asString()).isEqualTo("create");
        assertThat(commit.at("/actions/0/file_path").asString()).isEqualTo("clusters/testing/gitlab-user-view.yaml");
        assertThat(commit.at("/actions/0/content").asString()).isEqualTo("# Made by \"fairlead grant\".\n" + MANIFEST);
        assertThat(out()).contains("committed 1a2b3c4d to main of group/project");
    }

    @Test
    void grantCommitsOnce() {
        file("clusters/testing/gitlab-user-view.yaml", "# whatever\n" + MANIFEST);
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isZero();
        assertThat(out()).contains("says so already");
        assertThat(forge.requests()).noneMatch(request -> request.contains("repository/commits"));
    }

    /** Flux may not have applied the first yet, which would be gone if its file said something else. */
    @Test
    void aSecondGrantReplacesNothing() {
        file("clusters/testing/gitlab-user-view.yaml", "# Made by \"fairlead grant\".\nkind: Other\n");
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isZero();
        assertThat(committed().at("/actions/0/action").asString()).isEqualTo("create");
        assertThat(committed().at("/actions/0/file_path").asString())
                .matches("clusters/testing/gitlab-user-view-[0-9a-f]{8}\\.yaml");
        assertThat(committed().at("/actions/0/content").asString())
                .containsPattern("metadata:\n  name: \"gitlab-user-view-[0-9a-f]{8}\"\n")
                .contains("  name: view\n");
        file("clusters/other/gitlab-user-view.yaml", "kind: Mine\n");
        assertThat(agent("grant", "list", "pods", "-A", "--commit", "--path", "/clusters/other/"))
                .isEqualTo(6);
    }

    private int proposing(String manifest, String... more) {
        forge.answer(
                "GET " + ASK + "grant" + LIST_PODS, 200, REFUSED.replace(Json.write(MANIFEST), Json.write(manifest)));
        return agent(Stream.concat(Stream.of("grant", "list", "pods", "-A", "--commit"), Arrays.stream(more))
                .toArray(String[]::new));
    }

    /** Flux applies it with all its rights, so what an agent that lies proposes is not committed. */
    @Test
    void whatIsNoAnswerToTheQuestionIsNotCommitted() {
        for (String manifest : List.of(
                "",
                "kind: Secret\n",
                MANIFEST + "---\n" + MANIFEST,
                MANIFEST + "# more\n",
                MANIFEST.replace("name: view", "name: cluster-admin"),
                MANIFEST.replace("name: view", "name: \"system:node\""),
                MANIFEST.replace("gitlab:user", "system:authenticated"),
                MANIFEST.replace("ClusterRoleBinding", "RoleBinding"),
                MANIFEST.replace("  name: gitlab-user-view\n", "  name: gitlab-user-view\n  namespace: kube-system\n"),
                MANIFEST.replace("  name: gitlab-user-view\n", "  name: a\n  labels: {a: b}\n"),
                MANIFEST + "  - kind: Group\n    apiGroup: rbac.authorization.k8s.io\n    name: others\n",
                role("list", "*") + MANIFEST.replace("name: view", "name: new"),
                role("delete", "pods") + MANIFEST.replace("name: view", "name: new"),
                role("list", "pods") + MANIFEST)) {
            assertThat(proposing(manifest)).as(manifest).isEqualTo(1);
        }
        assertThat(err()).contains("nothing was committed");
        assertThat(forge.requests()).noneMatch(request -> request.contains("repository/commits"));
        assertThat(proposing(role("list", "pods") + MANIFEST.replace("name: view", "name: new")))
                .isZero();
    }

    private static String role(String verb, String resource) {
        return "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: new\nrules:\n"
                + "  - apiGroups: [\"\"]\n    resources: [\"" + resource + "\"]\n    verbs: [\"" + verb + "\"]\n---\n";
    }

    /** Who may not hear which names are taken could otherwise replace what they have never seen. */
    @Test
    void onlyWhoMayKnowTheNamesCommits() {
        forge.answer(
                "GET " + ASK + "grant" + LIST_PODS,
                200,
                REFUSED.replace("\"manifest\":", "\"namesKnown\":false,\"manifest\":"));
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isEqualTo(4);
        assertThat(err()).contains("let one of them commit this", "gitlab-user-view");
        assertThat(forge.requests()).noneMatch(request -> request.contains("repository/commits"));
    }

    @Test
    void grantAddsItselfToAKustomization() {
        file(
                "clusters/testing/kustomization.yaml",
                "kind: Kustomization\nresources:\n  - flux-system\n  - apps.yaml\n");
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isZero();
        assertThat(committed().at("/actions/1/content").asString())
                .isEqualTo(
                        "kind: Kustomization\nresources:\n  - gitlab-user-view.yaml\n  - flux-system\n  - apps.yaml\n");
        file("clusters/testing/kustomization.yaml", "kind: Kustomization\nresources: [apps.yaml]\n");
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isEqualTo(1);
    }

    @Test
    void grantAsksWhichClusterIsMeant() {
        forge.answer(
                "GET " + PROJECT + "/repository/tree?path=clusters&ref=main&per_page=100&page=1",
                200,
                "[{\"type\":\"tree\",\"path\":\"clusters/a\"},{\"type\":\"tree\",\"path\":\"clusters/b\"}]");
        assertThat(agent("grant", "list", "pods", "-A", "--commit")).isEqualTo(2);
        assertThat(err()).contains("--path", "clusters/a, clusters/b");
    }

    @Test
    void grantOfWhatIsAllowedDoesNothing() {
        forge.answer(
                "GET " + ASK + "grant" + LIST_PODS + "&to=group%3Agitlab%3Auser",
                200,
                "{\"kind\":\"Explanation\",\"allowed\":true,\"to\":\"Group gitlab:user\",\"action\":\"list pods\"}");
        assertThat(agent("grant", "list", "pods", "-A", "--to", "group:gitlab:user", "--commit"))
                .isZero();
        assertThat(out()).isEqualTo("Group gitlab:user may list pods already\n");
    }
}
