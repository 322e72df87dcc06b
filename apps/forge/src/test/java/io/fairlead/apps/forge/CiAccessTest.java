package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.access.JobIdentity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Which agents a running job is told that it may use, by what kas has reported of their configurations. */
@Tag(TestDatabase.BOTH)
class CiAccessTest {
    @TempDir
    static Path folder;

    private static RunningForge forge;
    private static long top;
    private static long sub;
    private static long app;
    private static long infra;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        top = group("org", 0);
        sub = group("team", top);
        app = project("app", sub);
        infra = project("infra", top);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static long group(String path, long parent) {
        return forge.post("/api/v4/groups", "name=x&path=" + path + (parent == 0 ? "" : "&parent_id=" + parent))
                .id();
    }

    private static long project(String name, long namespace) {
        return forge.post("/api/v4/projects", "name=" + name + "&namespace_id=" + namespace)
                .id();
    }

    private static long agent(long project, String name, String ciAccess) throws Exception {
        long agent = forge.agent(project, name);
        report(agent, ciAccess);
        return agent;
    }

    private static void report(long agent, String ciAccess) throws Exception {
        String body = "{\"agent_id\":" + agent + ",\"agent_config\":{\"ci_access\":" + ciAccess + "}}";
        assertThat(forge.kas("POST", "/api/v4/internal/kubernetes/agent_configuration", null, body)
                        .status())
                .isEqualTo(204);
    }

    /** What a job of root's is told: the agents' configurations by id. */
    private static Map<Long, JsonNode> allowed(
            long project, boolean protectedRef, JobIdentity.@Nullable JobEnvironment environment) {
        JobIdentity job = new JobIdentity(5, 6, project, 1, protectedRef, environment);
        forge.app.jobTokens().put("glcbt-ci", job, Instant.now().plusSeconds(60));
        Answer answer = forge.send("GET", "/api/v4/job/allowed_agents", Map.of("Job-Token", "glcbt-ci"), "");
        forge.app.jobTokens().end(5);
        assertThat(answer.status()).isEqualTo(200);
        Map<Long, JsonNode> agents = new TreeMap<>();
        answer.json()
                .get("allowed_agents")
                .forEach(found -> agents.put(found.get("id").asLong(), found.get("configuration")));
        return agents;
    }

    private static JsonNode of(Map<Long, JsonNode> agents, long id) {
        return Objects.requireNonNull(agents.get(id));
    }

    private static JobIdentity.JobEnvironment environment(String name) {
        return new JobIdentity.JobEnvironment(name, "slug", "production");
    }

    @Test
    void theNearestReasonCountsAndNothingOfTheOthers() throws Exception {
        long byProject = agent(infra, "by-project", """
                {"projects":[{"id":"ORG/team/App","default_namespace":"first"},{"id":"org/team/app","default_namespace":"second"}],
                 "groups":[{"id":"org","default_namespace":"group"}]}""");
        long byGroups = agent(infra, "by-groups", """
                {"groups":[{"id":"org","default_namespace":"outer"},{"id":"org/team","default_namespace":"inner",
                 "access_as":{"ci_job":{}}}]}""");
        long own = agent(app, "own", "{\"groups\":[{\"id\":\"org\",\"default_namespace\":\"ignored\"}]}");
        long ownNamed =
                agent(app, "own-named", "{\"projects\":[{\"id\":\"org/team/app\",\"default_namespace\":\"named\"}]}");
        long others = agent(
                infra,
                "others",
                "{\"projects\":[{\"id\":\"org/infra\"},{\"id\":\"org/team/app2\"}],\"groups\":[{\"id\":\"org/te\"}]}");
        long nobody = agent(infra, "nobody", "{}");

        Map<Long, JsonNode> agents = allowed(app, false, null);

        assertThat(agents).containsKeys(byProject, byGroups, own, ownNamed).doesNotContainKeys(others, nobody);
        assertThat(of(agents, byProject).toString()).isEqualTo("{\"default_namespace\":\"first\"}");
        assertThat(of(agents, byGroups).get("default_namespace").asString()).isEqualTo("inner");
        assertThat(of(agents, byGroups).get("access_as").has("ci_job")).isTrue();
        assertThat(of(agents, own).toString()).isEqualTo("{\"access_as\":{\"agent\":{}}}");
        assertThat(of(agents, ownNamed).get("default_namespace").asString()).isEqualTo("named");
        assertThat(allowed(infra, false, null))
                .containsKeys(byProject, byGroups)
                .doesNotContainKey(ownNamed);

        report(byProject, "{}");
        assertThat(allowed(app, false, null)).doesNotContainKey(byProject);
    }

    @Test
    void environmentsAndProtectedReferencesDecideAfterThat() throws Exception {
        long project = project("deploys", sub);
        long production = agent(infra, "production-only", """
                {"projects":[{"id":"org/team/deploys","environments":["production","review/*"]}],"groups":[{"id":"org"}]}""");
        long guarded = agent(infra, "guarded", """
                {"projects":[{"id":"org/team/deploys","protected_branches_only":true}]}""");
        assertThat(allowed(project, true, environment("production"))).containsKeys(production, guarded);
        assertThat(allowed(project, true, environment("review/a/b"))).containsKey(production);
        assertThat(allowed(project, true, environment("staging"))).doesNotContainKey(production);
        assertThat(allowed(project, true, null)).doesNotContainKey(production);
        assertThat(allowed(project, false, environment("production")))
                .containsKey(production)
                .doesNotContainKey(guarded);
    }

    @Test
    void agentsReachNoFurtherThanTheirTreeOfGroups() throws Exception {
        long elsewhere = project("agents", group("elsewhere", 0));
        long agent =
                agent(elsewhere, "greedy", "{\"projects\":[{\"id\":\"org/team/app\"}],\"groups\":[{\"id\":\"org\"}]}");
        assertThat(allowed(app, true, null)).doesNotContainKey(agent);
        assertThat(allowed(elsewhere, true, null)).containsKey(agent);
    }

    @Test
    void aJobIsToldTheGroupsItsProjectIsIn() {
        JobIdentity job = new JobIdentity(15, 6, app, 1, false, null);
        forge.app.jobTokens().put("glcbt-groups", job, Instant.now().plusSeconds(60));
        Answer answer = forge.send("GET", "/api/v4/job/allowed_agents", Map.of("Job-Token", "glcbt-groups"), "");
        assertThat(answer.json().get("project").get("groups").toString())
                .isEqualTo("[{\"id\":" + sub + "},{\"id\":" + top + "}]");
        assertThat(answer.json().has("environment")).isFalse();
    }
}
