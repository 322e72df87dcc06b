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

/** Which agents a running job is told that it may use, by what their repositories say. */
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

    private static long agent(long project, String name, String ciAccess) {
        configure(project, name, ciAccess);
        return forge.agent(project, name);
    }

    private static void configure(long project, String agent, String ciAccess) {
        // JSON is YAML.
        assertThat(forge.configure(project, agent, "ci_access: " + ciAccess).status())
                .isIn(200, 201);
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

    /** Of pushes to a private project, for Flux: only whom the agent's configuration names, and never by the installation. */
    @Test
    void anAgentHearsOfPushesToTheProjectsThatItIsSharedWith() throws Exception {
        long clusters = project("hears", top);
        long hidden = project("hidden", top);
        String near = forge.agentToken(clusters, agent(clusters, "near", "{\"projects\": [{\"id\": \"ORG/hidden\"}]}"));
        String wide = forge.agentToken(
                clusters, agent(clusters, "wide", "{\"groups\": [{\"id\": \"org/team\"}], \"instance\": {}}"));
        assertThat(hears(near, hidden)).isEqualTo(204);
        assertThat(hears(near, app)).isEqualTo(404);
        assertThat(hears(wide, app)).isEqualTo(204);
        assertThat(hears(wide, hidden)).isEqualTo(404);
        configure(clusters, "near", "{\"projects\": []}");
        assertThat(hears(near, hidden)).isEqualTo(404);
    }

    private static int hears(String agentToken, long project) throws Exception {
        return forge.kas("GET", "/api/v4/internal/kubernetes/verify_project_access?id=" + project, agentToken, "")
                .status();
    }

    @Test
    void theNearestReasonCountsAndNothingOfTheOthersIsMergedIn() {
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

        configure(infra, "by-project", "{}");
        assertThat(allowed(app, false, null)).doesNotContainKey(byProject);
    }

    @Test
    void environmentsAndProtectedReferencesDecideAfterThat() {
        long project = project("deploys", sub);
        long production = agent(infra, "production-only", """
                {"projects":[{"id":"org/team/deploys","environments":["production","review/*"]}]}""");
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
    void agentsReachNoFurtherThanTheirTreeOfGroups() {
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

    @Test
    void anEntryThatNamesTheEnvironmentComesBeforeOneThatDoesNot() {
        long project = project("layers", sub);
        long layered = agent(infra, "layered", """
                {"projects":[{"id":"org/team/layers","default_namespace":"general"},
                  {"id":"org/team/layers","default_namespace":"pattern","environments":["rev*"]},
                  {"id":"org/team/layers","default_namespace":"exact","environments":["other","review/1"]}],
                 "groups":[{"id":"org","default_namespace":"group-staging","environments":["staging"]},
                  {"id":"org/team","default_namespace":"group-guarded","environments":["production"],
                   "protected_branches_only":true}],
                 "instance":{"default_namespace":"instance-production","environments":["production"]}}""");
        assertThat(namespace(allowed(project, false, null), layered)).isEqualTo("general");
        assertThat(namespace(allowed(project, false, environment("qa")), layered))
                .isEqualTo("general");
        assertThat(namespace(allowed(project, false, environment("review/2")), layered))
                .isEqualTo("pattern");
        assertThat(namespace(allowed(project, false, environment("review/1")), layered))
                .isEqualTo("exact");
        assertThat(namespace(allowed(project, false, environment("staging")), layered))
                .isEqualTo("group-staging");
        assertThat(namespace(allowed(project, true, environment("production")), layered))
                .isEqualTo("group-guarded");
        assertThat(namespace(allowed(project, false, environment("production")), layered))
                .isEqualTo("instance-production");
    }

    private static String namespace(Map<Long, JsonNode> agents, long id) {
        return of(agents, id).path("default_namespace").asString();
    }

    @Test
    void whatIsSaidOfTheAgentsOwnProjectIsNotWidenedByItsBeingThatProject() {
        long project = project("careful", sub);
        long careful = agent(project, "careful", """
                {"projects":[{"id":"org/team/careful","environments":["production"],"access_as":{"ci_job":{}}}]}""");
        assertThat(allowed(project, true, null)).doesNotContainKey(careful);
        assertThat(allowed(project, true, environment("staging"))).doesNotContainKey(careful);
        assertThat(of(allowed(project, true, environment("production")), careful)
                        .get("access_as")
                        .has("ci_job"))
                .isTrue();
    }

    @Test
    void aJobMayActAsThePersonWhoRunsIt() {
        long project = project("personal", sub);
        long agent = agent(infra, "personal", """
                {"projects":[{"id":"org/team/personal","access_as":{"ci_user":{}}}]}""");
        JsonNode as = of(allowed(project, true, environment("production")), agent)
                .get("access_as")
                .get("impersonate");
        assertThat(as.get("username").asString()).isEqualTo("gitlab:user:root");
        assertThat(as.get("groups").toString())
                .isEqualTo(String.format(
                        "[\"gitlab:user\",\"gitlab:project_role:%1$d:guest\",\"gitlab:project_role:%1$d:reporter\","
                                + "\"gitlab:project_role:%1$d:developer\",\"gitlab:project_role:%1$d:maintainer\","
                                + "\"gitlab:project_role:%1$d:owner\"]",
                        project));
        assertThat(as.get("extra").toString())
                .contains("agent.gitlab.com/access_type", "ci_job_token")
                .contains("agent.gitlab.com/environment_slug");
    }

    @Test
    void whatWasRenamedIsStillMeant() {
        long project = project("old-name", sub);
        long agent = agent(infra, "follows", "{\"projects\":[{\"id\":\"org/team/old-name\"}]}");
        forge.call("PUT", "/api/v4/projects/" + project, forge.rootToken, "path=new-name");
        assertThat(allowed(project, true, null)).containsKey(agent);
        long taker = project("old-name", sub);
        assertThat(allowed(taker, true, null)).containsKey(agent);
        assertThat(allowed(project, true, null)).doesNotContainKey(agent);
    }

    @Test
    void theJobsOfABlockedPersonAreNobodys() {
        String token = forge.personWithToken("blocked-runner", "api");
        assertThat(token).isNotEmpty();
        long person = forge.userId("blocked-runner");
        JobIdentity job = new JobIdentity(25, 6, app, person, false, null);
        forge.app.jobTokens().put("glcbt-blocked", job, Instant.now().plusSeconds(60));
        Map<String, String> header = Map.of("Job-Token", "glcbt-blocked");
        assertThat(forge.send("GET", "/api/v4/job/allowed_agents", header, "").status())
                .isEqualTo(200);
        forge.post("/api/v4/users/" + person + "/block", "");
        assertThat(forge.send("GET", "/api/v4/job/allowed_agents", header, "").status())
                .isEqualTo(401);
    }
}
