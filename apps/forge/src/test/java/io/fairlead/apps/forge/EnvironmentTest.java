package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.access.JobIdentity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Environments and deployments over the API. */
@Tag(TestDatabase.BOTH)
class EnvironmentTest {
    private static final String SHA = "0123456789012345678901234567890123456789";

    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    /** As glab's bootstrap makes and changes them. */
    @Test
    void tieToAnAgentANamespaceAndAFluxResource() {
        long project = forge.project("tied");
        long agent = forge.agent(project, "prod");
        String all = "/api/v4/projects/" + project + "/environments";
        String body = "{\"name\":\"flux-system/gitlab-agent\",\"cluster_agent_id\":" + agent
                + ",\"kubernetes_namespace\":\"gitlab-agent\",\"flux_resource_path\":"
                + "\"helm.toolkit.fluxcd.io/v2beta1/namespaces/flux-system/helmreleases/gitlab-agent\"}";
        Answer made = forge.post(all, body);
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.json().get("cluster_agent").get("id").asLong()).isEqualTo(agent);
        assertThat(made.json().get("slug").asString()).startsWith("flux-system-gitla");
        assertThat(made.json().get("state").asString()).isEqualTo("available");
        assertThat(forge.get(all + "?name=flux-system%2Fgitlab-agent").json()).hasSize(1);
        Answer again = forge.call("PUT", all + "/" + made.id(), forge.rootToken, body);
        assertThat(again.status()).as("the name is sent again and ignored").isEqualTo(200);
        Answer detached = forge.call(
                "PUT",
                all + "/" + made.id(),
                forge.rootToken,
                "{\"cluster_agent_id\":null,\"kubernetes_namespace\":null,\"flux_resource_path\":null}");
        assertThat(detached.json().get("cluster_agent").isNull()).isTrue();
        assertThat(forge.call("PUT", all + "/" + made.id(), forge.rootToken, "{\"kubernetes_namespace\":\"x\"}")
                        .status())
                .isEqualTo(400);
        String stranger = forge.personWithToken("environment-developer", "api");
        long other = forge.project("not-theirs");
        long secret = forge.agent(other, "secret");
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("environment-developer") + "&access_level=30");
        assertThat(forge.call("POST", all, stranger, "name=x&cluster_agent_id=" + secret)
                        .status())
                .isEqualTo(400);
        assertThat(forge.call("POST", all, stranger, "name=x&cluster_agent_id=" + agent)
                        .status())
                .isEqualTo(201);
        String bound = "{\"cluster_agent_id\":" + agent + ",\"kubernetes_namespace\":\"n\"}";
        String one =
                all + "/" + forge.get(all + "?name=x").json().get(0).get("id").asLong();
        assertThat(forge.call("PUT", one, stranger, bound).status()).isEqualTo(200);
        forge.delete("/api/v4/projects/" + project + "/cluster_agents/" + agent);
        assertThat(forge.get(one).json().get("cluster_agent").isNull()).isTrue();
        assertThat(forge.call("PUT", one, stranger, "description=d").status())
                .as("what was in its cluster is forgotten")
                .isEqualTo(200);
    }

    @Test
    void areStoppedBeforeTheyAreDeleted() {
        String all = "/api/v4/projects/" + forge.project("stopped") + "/environments";
        long id = forge.post(all, "name=review/x&external_url=https://x.example.com")
                .id();
        assertThat(forge.post(all, "name=review/x").status()).isEqualTo(400);
        assertThat(forge.post(all, "name=a&external_url=javascript:alert(1)").status())
                .isEqualTo(400);
        assertThat(forge.post(all, "name=/a").status()).isEqualTo(400);
        assertThat(forge.post(all, "name=a&tier=odd").status()).isEqualTo(400);
        assertThat(forge.get(all + "?search=rev").json()).hasSize(1);
        assertThat(forge.get(all + "?search=re").status()).isEqualTo(400);
        assertThat(forge.delete(all + "/" + id).status()).isEqualTo(403);
        assertThat(forge.post(all + "/" + id + "/stop", "").json().get("state").asString())
                .isEqualTo("stopped");
        String reviews = all + "/review_apps?before=" + Instant.now().plusSeconds(60);
        assertThat(forge.delete(reviews).json().get("scheduled_entries"))
                .as("tried only")
                .hasSize(1);
        assertThat(forge.get(all + "?states=available").json()).isEmpty();
        assertThat(forge.get(all + "?states=stopped").json()).hasSize(1);
        assertThat(forge.delete(all + "/" + id).status()).isEqualTo(204);
        assertThat(forge.post(all + "/stop_stale", "before=" + Instant.now()).status())
                .isEqualTo(400);
        assertThat(forge.post(all + "/stop_stale", "before=2020-01-01").status())
                .isEqualTo(200);
    }

    @Test
    void deploymentsMakeTheirEnvironmentAndEnd() {
        long project = forge.project("deployed");
        String all = "/api/v4/projects/" + project + "/deployments";
        String form = "environment=production&ref=main&tag=false&sha=" + SHA;
        Answer made = forge.post(all, form + "&status=running");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.json().get("iid").asInt()).isEqualTo(1);
        assertThat(made.json().get("environment").get("name").asString()).isEqualTo("production");
        assertThat(forge.delete(all + "/" + made.id()).status()).as("it runs").isEqualTo(400);
        assertThat(forge.call("PUT", all + "/" + made.id(), forge.rootToken, "status=success")
                        .status())
                .isEqualTo(200);
        assertThat(forge.call("PUT", all + "/" + made.id(), forge.rootToken, "status=success")
                        .status())
                .as("it is that already")
                .isEqualTo(400);
        assertThat(forge.call("PUT", all + "/" + made.id(), forge.rootToken, "status=running")
                        .status())
                .as("what has ended does not begin")
                .isEqualTo(400);
        assertThat(forge.delete(all + "/" + made.id()).status())
                .as("it is the last")
                .isEqualTo(400);
        Answer next = forge.post(all, form + "&status=success");
        assertThat(next.json().get("iid").asInt()).isEqualTo(2);
        assertThat(forge.delete(all + "/" + made.id()).status()).isEqualTo(204);
        JsonNode environment = forge.get("/api/v4/projects/" + project + "/environments")
                .json()
                .get(0);
        JsonNode alone = forge.get("/api/v4/projects/" + project + "/environments/"
                        + environment.get("id").asLong())
                .json();
        assertThat(alone.get("last_deployment").get("id").asLong()).isEqualTo(next.id());
        assertThat(alone.get("tier").asString()).isEqualTo("production");
        assertThat(forge.get(all + "?environment=production&status=success").json())
                .hasSize(1);
        assertThat(forge.get(all + "?environment=staging").json()).isEmpty();
        assertThat(forge.get(all + "?order_by=created_at&sort=desc").json()).hasSize(1);
        assertThat(forge.get(all + "?order_by=id;drop").status()).isEqualTo(400);
        assertThat(forge.get(all + "?updated_after=2026-01-01T00:00:00Z").status())
                .as("another order")
                .isEqualTo(400);
        assertThat(forge.get(all + "?updated_after=2026-01-01T00:00:00Z&order_by=updated_at")
                        .json())
                .hasSize(1);
        assertThat(forge.get(all + "?finished_before=2026-01-01&order_by=finished_at")
                        .json())
                .isEmpty();
        for (String wrong : new String[] {
            "environment=p&ref=main&tag=false&sha=xyz&status=running",
            "environment=p&ref=ma..in&tag=false&status=running&sha=" + SHA,
            "environment=p&ref=main&tag=false&status=blocked&sha=" + SHA,
            "environment=p&ref=main&status=running&sha=" + SHA
        }) {
            assertThat(forge.post(all, wrong).status()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void theProjectsOwnJobsMayDeployAsTheirPerson() {
        long project = forge.project("job-deployed");
        long other = forge.project("job-not-deployed");
        forge.app
                .jobTokens()
                .put(
                        "glcbt-deploy",
                        new JobIdentity(3, 4, project, 1, true, null),
                        Instant.now().plusSeconds(60));
        Map<String, String> job = Map.of("JOB-TOKEN", "glcbt-deploy");
        String form = "environment=staging&ref=main&tag=false&status=running&sha=" + SHA;
        Answer made = forge.send("POST", "/api/v4/projects/" + project + "/deployments", job, form);
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.json().get("user").get("username").asString()).isEqualTo("root");
        assertThat(forge.send("GET", "/api/v4/projects/" + project + "/environments", job, "")
                        .status())
                .isEqualTo(200);
        assertThat(forge.send("GET", "/api/v4/projects/" + other + "/environments", job, "")
                        .status())
                .isEqualTo(404);
        assertThat(forge.send("GET", "/api/v4/projects/" + project, job, "").status())
                .isEqualTo(401);
        forge.app.jobTokens().end(3);
        assertThat(forge.send("GET", "/api/v4/projects/" + project + "/environments", job, "")
                        .status())
                .isEqualTo(401);
    }
}
