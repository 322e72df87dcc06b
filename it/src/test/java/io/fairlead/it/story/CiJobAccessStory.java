package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.json.Json;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A job reaches the cluster as itself, by the kubeconfig that was written for it, and only for the environment it was made for. */
@Tag("story")
@Tag("ci-job-access")
class CiJobAccessStory {
    private static final String NAMESPACE = "story-ci-job-access";

    private static Scenery scenery;
    private static Path folder = Path.of("unset");

    @BeforeAll
    static void open() {
        scenery = Scenery.open("ci-job-access");
        folder = scenery.line().folder();
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.direct("kubectl").run("delete", "namespace", NAMESPACE, "--wait=false");
            scenery.close();
        }
    }

    private record Made(long id, Path token, Path kubeconfig, String said) {
        Kubectl kubectl() {
            return new Kubectl("kubectl", kubeconfig);
        }
    }

    private static Made job(String name, String environment) {
        Path token = folder.resolve(name + ".token");
        Path kubeconfig = folder.resolve(name + ".kubeconfig");
        Finished made = scenery.line()
                .server()
                .command(
                        "job-token",
                        "create",
                        scenery.line().project(),
                        "--environment",
                        environment,
                        "--file",
                        token.toString(),
                        "--kubeconfig",
                        kubeconfig.toString())
                .run()
                .orFail();
        long id = Long.parseLong(made.err().replaceFirst("(?s)^.*?job ([0-9]+) of .*$", "$1"));
        return new Made(id, token, kubeconfig, made.err());
    }

    private static void configure(String yaml) throws Exception {
        String file = scenery.line().server().ready().httpUrl().orElseThrow() + "/api/v4/projects/"
                + URLEncoder.encode(scenery.line().project(), StandardCharsets.UTF_8) + "/repository/files/"
                + URLEncoder.encode(".gitlab/agents/line/config.yaml", StandardCharsets.UTF_8);
        String form =
                "branch=main&commit_message=Let%20jobs%20in&content=" + URLEncoder.encode(yaml, StandardCharsets.UTF_8);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(file))
                            .version(HttpClient.Version.HTTP_1_1)
                            .header("PRIVATE-TOKEN", scenery.line().server().adminToken())
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .PUT(HttpRequest.BodyPublishers.ofString(form))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.headers().firstValue("X-Fairlead-Warning")).isEmpty();
        }
    }

    private static JsonNode whoami(Made job) {
        return Json.tree(job.kubectl().ask("auth", "whoami", "-o", "json"))
                .path("status")
                .path("userInfo");
    }

    /** A file of one job with the token of another. */
    private static Path withTokenOf(Made other, Made job) throws IOException {
        Path mixed = folder.resolve("mixed.kubeconfig");
        Files.writeString(
                mixed,
                Files.readString(job.kubeconfig)
                        .replace(
                                Files.readString(job.token).strip(),
                                Files.readString(other.token).strip()));
        return mixed;
    }

    @Test
    void aJobActsAsItselfAndForItsEnvironmentOnly() throws Exception {
        String project = scenery.line().project();
        configure("""
                user_access:
                  access_as: {agent: {}}
                  projects: [{id: %1$s}]
                ci_access:
                  projects:
                    - id: %1$s
                      default_namespace: %2$s
                      environments: [production]
                      access_as: {ci_job: {}}
                    - id: %1$s
                      environments: [review/*]
                      access_as: {ci_user: {}}
                """.formatted(project, NAMESPACE));
        Made production = job("production", "production");
        assertThat(production.said)
                .contains(
                        "(protected)",
                        "the current context is " + scenery.line().agentName());
        JsonNode who = whoami(production);
        assertThat(who.path("username").asString()).isEqualTo("gitlab:ci_job:" + production.id);
        String group = who.path("groups")
                .valueStream()
                .map(JsonNode::asString)
                .filter(name -> name.startsWith("gitlab:project_env:"))
                .findFirst()
                .orElseThrow();
        assertThat(group).endsWith(":production");

        scenery.direct("kubectl").apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: %1$s}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: production-jobs, namespace: %1$s}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
                subjects: [{kind: Group, name: "%2$s", apiGroup: rbac.authorization.k8s.io}]
                """.formatted(NAMESPACE, group));
        // The context's namespace is the configuration's.
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> production.kubectl().run("get", "pods").succeeded());
        production.kubectl().ask("create", "configmap", "deployed", "--from-literal=by=job");
        assertThat(scenery.direct("kubectl")
                        .ask("get", "configmap", "deployed", "-n", NAMESPACE, "-o", "jsonpath={.data.by}"))
                .isEqualTo("job");
        assertThat(production
                        .kubectl()
                        .run("get", "secrets", "-n", "kube-system")
                        .err())
                .contains("User \"gitlab:ci_job:" + production.id + "\" cannot list resource \"secrets\"");

        assertThat(whoami(job("review", "review/1")).path("username").asString())
                .isEqualTo("gitlab:user:root");

        Made staging = job("staging", "staging");
        assertThat(staging.said).contains("the job may use no agent: no entry of ci_access fits");
        Finished refused = new Kubectl("kubectl", withTokenOf(staging, production)).run("get", "pods");
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err()).contains("Forbidden: this job may not use agent");

        scenery.line()
                .server()
                .command("job-token", "revoke", project, Long.toString(production.id))
                .run()
                .orFail();
        long ended = System.nanoTime();
        await().atMost(70, TimeUnit.SECONDS)
                .pollInterval(200, TimeUnit.MILLISECONDS)
                .until(() -> !production.kubectl().run("get", "pods").succeeded());
        scenery.figures(String.format(
                "three jobs, each as whom its environment says; the ended one was refused after %.1f s",
                (System.nanoTime() - ended) / 1e9));
    }
}
