package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Finished;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code flux bootstrap gitlab} against the forge, each way it knows, until Flux has applied what it pushed. */
@Tag("story")
@Tag("flux-bootstrap")
class FluxBootstrapStory {
    private static ForgeScenery scenery;
    private static Path kubeconfig;
    private static Kubectl admin;
    private static FluxControllers controllers;
    private static String flux = "";

    @BeforeAll
    static void open() {
        kubeconfig = Scenery.cluster(Checkout.here());
        admin = new Kubectl("kubectl", kubeconfig);
        flux = Checkout.here().tool("flux");
        scenery = ForgeScenery.open("flux-bootstrap");
        long acme = scenery.api("POST", "/groups", "{\"name\":\"Acme\",\"path\":\"acme\",\"visibility\":\"internal\"}")
                .path("id")
                .asLong();
        scenery.api("POST", "/groups", "{\"name\":\"Sub\",\"path\":\"sub\",\"parent_id\":" + acme + "}");
        scenery.api("POST", "/groups", "{\"name\":\"Team\",\"path\":\"team\"}");
        controllers = FluxControllers.start(scenery.folder().resolve("flux"), kubeconfig);
    }

    @AfterAll
    static void close() {
        if (controllers != null) {
            controllers.close();
        }
        if (scenery != null) {
            scenery.figures("10 runs of flux bootstrap, each applied or unchanged");
            scenery.close();
        }
    }

    /** A secret that is there is kept by flux, so each way begins without one. */
    @BeforeEach
    void forgetTheSecret() {
        admin.run("delete", "secret", "flux-system", "-n", "flux-system");
    }

    private static Finished bootstrap(String owner, String repository, String... options) {
        List<String> line = new ArrayList<>(List.of(
                flux,
                "bootstrap",
                "gitlab",
                "--hostname=" + scenery.authority(),
                "--ssh-hostname=" + scenery.sshAuthority(),
                "--ca-file=" + scenery.line().caFile(),
                "--manifests=" + controllers.manifests(),
                "--components=source-controller,kustomize-controller",
                "--network-policy=false",
                "--kubeconfig=" + kubeconfig,
                "--timeout=90s",
                "--branch=main",
                "--path=clusters/one",
                "--owner=" + owner,
                "--repository=" + repository));
        line.addAll(List.of(options));
        return scenery.program(line.toArray(String[]::new))
                .env("GITLAB_TOKEN", scenery.token())
                .within(Duration.ofMinutes(3))
                .run()
                .orFail();
    }

    private static JsonNode project(String owner, String repository) {
        return scenery.api("GET", "/projects/" + (owner + "/" + repository).replace("/", "%2F"), "");
    }

    private static String head(JsonNode project) {
        return scenery.api("GET", "/projects/" + project.path("id").asLong() + "/repository/branches/main", "")
                .at("/commit/id")
                .asString();
    }

    /** What Flux says it has applied is the branch's newest commit. */
    private static void appliedNewest(JsonNode project) {
        assertThat(admin.ask(
                        "get",
                        "kustomization",
                        "flux-system",
                        "-n",
                        "flux-system",
                        "-o",
                        "jsonpath={.status.lastAppliedRevision}"))
                .isEqualTo("main@sha1:" + head(project));
    }

    private static JsonNode of(JsonNode project, String what) {
        return scenery.api("GET", "/projects/" + project.path("id").asLong() + "/" + what, "");
    }

    @Test
    void withADeployKeyForAGroupAndASecondTimeWithoutAnyChange() {
        bootstrap("acme", "fleet");
        JsonNode fleet = project("acme", "fleet");
        appliedNewest(fleet);
        assertThat(of(fleet, "deploy_keys")).hasSize(1);
        assertThat(of(fleet, "deploy_keys").get(0).path("can_push").asBoolean()).isFalse();
        assertThat(admin.ask("get", "gitrepository", "flux-system", "-n", "flux-system", "-o", "jsonpath={.spec.url}"))
                .isEqualTo("ssh://git@" + scenery.sshAuthority() + "/acme/fleet");
        String before = head(fleet);
        bootstrap("acme", "fleet");
        assertThat(head(fleet)).isEqualTo(before);
        assertThat(of(fleet, "deploy_keys")).hasSize(1);
    }

    @Test
    void whatIsPushedLaterIsAppliedToo() {
        bootstrap("acme", "later");
        Path clone = scenery.folder().resolve("later");
        scenery.did(
                scenery.folder(),
                "clone",
                "--quiet",
                project("acme", "later").path("ssh_url_to_repo").asString(),
                clone.toString());
        scenery.commit(clone, "clusters/one/greeting.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: story-greeting, namespace: default}
                data: {text: hello}
                """);
        scenery.did(clone, "push", "--quiet", "origin", "main");
        scenery.program(
                        flux,
                        "--kubeconfig=" + kubeconfig,
                        "reconcile",
                        "kustomization",
                        "flux-system",
                        "--with-source")
                .ask();
        assertThat(admin.ask("get", "configmap", "story-greeting", "-o", "jsonpath={.data.text}"))
                .isEqualTo("hello");
    }

    @Test
    void inASubGroupWithAKeyThatMayPush() {
        bootstrap("acme/sub", "below", "--read-write-key");
        JsonNode below = project("acme/sub", "below");
        appliedNewest(below);
        assertThat(of(below, "deploy_keys").get(0).path("can_push").asBoolean()).isTrue();
    }

    @Test
    void forAPerson() {
        bootstrap("root", "mine", "--personal");
        appliedNewest(project("root", "mine"));
    }

    @Test
    void withAToken() {
        bootstrap("acme", "token", "--token-auth");
        JsonNode token = project("acme", "token");
        appliedNewest(token);
        assertThat(of(token, "deploy_keys")).isEmpty();
    }

    @Test
    void withADeployTokenThatASecondRunReplaces() {
        bootstrap("acme", "deploy-token", "--deploy-token-auth");
        JsonNode project = project("acme", "deploy-token");
        appliedNewest(project);
        long first = of(project, "deploy_tokens").get(0).path("id").asLong();
        bootstrap("acme", "deploy-token", "--deploy-token-auth");
        assertThat(of(project, "deploy_tokens")).hasSize(1);
        assertThat(of(project, "deploy_tokens").get(0).path("id").asLong()).isNotEqualTo(first);
    }

    @Test
    void letsATeamInOnceAlsoWhenReconciling() {
        bootstrap("acme", "shared", "--team=team");
        bootstrap("acme", "shared", "--team=team", "--reconcile", "--visibility=internal");
        JsonNode shared = project("acme", "shared");
        assertThat(shared.at("/shared_with_groups/0/group_access_level").asInt())
                .isEqualTo(40);
        assertThat(shared.path("shared_with_groups")).hasSize(1);
        // This version of flux compares the project with what it was itself answered, and so changes nothing.
        assertThat(shared.path("visibility").asString()).isEqualTo("private");
        appliedNewest(shared);
    }
}
