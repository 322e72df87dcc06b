package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The API as its clients see it: one forge, each test with names of its own. */
@Tag(TestDatabase.BOTH)
class ApiTest {
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

    @Test
    void firstStartLeavesAnAdministratorsTokenThatOnlyTheOwnerCanRead() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(forge.app.adminTokenFile())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        JsonNode root = forge.get("/api/v4/user").json();
        assertThat(root.get("username").asString()).isEqualTo("root");
        assertThat(root.get("is_admin").asBoolean()).isTrue();
    }

    @Test
    void everyAnswerCarriesARequestIdAndKeepsAGivenOne() {
        assertThat(forge.get("/api/v4/user").header("X-Request-Id")).hasSizeGreaterThan(20);
        assertThat(forge.get("/api/v4/nope").header("X-Request-Id")).isNotEmpty();
        Answer given = forge.send("GET", "/api/v4/user", Map.of("X-Request-Id", "abc-1"), "");
        assertThat(given.header("X-Request-Id")).isEqualTo("abc-1");
    }

    @Test
    void findsAProjectByNumberAndByEncodedPathWithEncodedDots() {
        Answer created = forge.post("/api/v4/projects", "{\"name\":\"My App.v2\",\"visibility\":\"private\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().get("path_with_namespace").asString()).isEqualTo("root/my-app.v2");
        assertThat(created.json().get("owner").get("username").asString()).isEqualTo("root");
        assertThat(created.json().get("http_url_to_repo").asString())
                .isEqualTo("http://fairlead.example:8080/root/my-app.v2.git");
        assertThat(forge.get("/api/v4/projects/" + created.id()).status()).isEqualTo(200);
        assertThat(forge.get("/api/v4/projects/root%2Fmy-app%2Ev2").id()).isEqualTo(created.id());
        assertThat(forge.get("/api/v4/projects/ROOT%2fMy-App.V2").id()).isEqualTo(created.id());
        assertThat(forge.get("/api/v4/projects/root%252Fmy-app.v2").status()).isEqualTo(404);
        assertThat(forge.get("/api/v4/projects/root%2F..%2Fmy-app.v2").status()).isEqualTo(404);
        assertThat(forge.get("/api/v4/projects/%ff").status()).isEqualTo(400);
    }

    @Test
    void refusesAProjectWhosePathIsTakenInGitLabsWords() {
        forge.project("twice");
        Answer again = forge.post("/api/v4/projects", "name=twice");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.json().get("message").get("name").get(0).asString()).isEqualTo("has already been taken");
        assertThat(again.json().get("message").get("path").get(0).asString()).isEqualTo("has already been taken");
    }

    @Test
    void listsPageByPage() {
        String token = forge.personWithToken("lister", "api");
        for (int i = 0; i < 5; i++) {
            forge.call("POST", "/api/v4/projects", token, "name=paged-" + i);
        }
        Answer second = forge.call("GET", "/api/v4/projects?owned=true&per_page=2&page=2", token, "");
        assertThat(second.json()).hasSize(2);
        assertThat(second.json().get(0).get("path").asString()).isEqualTo("paged-2");
        assertThat(second.header("X-Total")).isEqualTo("5");
        assertThat(second.header("X-Total-Pages")).isEqualTo("3");
        assertThat(second.header("X-Next-Page")).isEqualTo("3");
        assertThat(second.header("X-Prev-Page")).isEqualTo("1");
        assertThat(second.header("Link")).contains("rel=\"next\"", "rel=\"prev\"", "owned=true");
        Answer last = forge.call("GET", "/api/v4/projects?owned=true&per_page=2&page=3", token, "");
        assertThat(last.header("X-Next-Page")).isEmpty();
        assertThat(forge.call("GET", "/api/v4/projects?page=0", token, "").status())
                .isEqualTo(400);
    }

    @Test
    void hidesAPrivateProjectFromOutsidersAndRefusesMembersWithTooSmallARole() {
        long project = forge.project("hidden");
        String outsider = forge.personWithToken("outsider", "api");
        String path = "/api/v4/projects/" + project;
        assertThat(forge.call("GET", path, outsider, "").status()).isEqualTo(404);
        long userId = forge.userId("outsider");
        assertThat(forge.post(path + "/members", "user_id=" + userId + "&access_level=30")
                        .status())
                .isEqualTo(201);
        assertThat(forge.call("GET", path, outsider, "").status()).isEqualTo(200);
        assertThat(forge.call("GET", path + "/cluster_agents", outsider, "").status())
                .isEqualTo(200);
        assertThat(forge.call("POST", path + "/cluster_agents", outsider, "name=no")
                        .status())
                .isEqualTo(403);
        assertThat(forge.call("DELETE", path, outsider, "").status()).isEqualTo(403);
        assertThat(forge.delete(path + "/members/" + userId).status()).isEqualTo(204);
        assertThat(forge.call("GET", path, outsider, "").status()).isEqualTo(404);
    }

    @Test
    void maintainerCannotMakeAnOwner() {
        long project = forge.project("maintained");
        String token = forge.personWithToken("maintainer", "api");
        forge.personWithToken("friend", "api");
        String members = "/api/v4/projects/" + project + "/members";
        forge.post(members, "user_id=" + forge.userId("maintainer") + "&access_level=40");
        String friend = "user_id=" + forge.userId("friend");
        assertThat(forge.call("POST", members, token, friend + "&access_level=50")
                        .status())
                .isEqualTo(403);
        assertThat(forge.call("POST", members, token, friend + "&access_level=40")
                        .status())
                .isEqualTo(201);
        assertThat(forge.call("POST", members, token, friend + "&access_level=40")
                        .status())
                .isEqualTo(409);
        assertThat(forge.call("POST", members, token, friend + "&access_level=35")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void agentsAndTheirTokensLiveAsGitLabHasThem() {
        long project = forge.project("agents");
        String agents = "/api/v4/projects/" + project + "/cluster_agents";
        Answer created = forge.post(agents, "{\"name\":\"prod\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json()
                        .get("config_project")
                        .get("path_with_namespace")
                        .asString())
                .isEqualTo("root/agents");
        assertThat(forge.post(agents, "name=prod").status()).isEqualTo(400);
        assertThat(forge.post(agents, "name=Prod_1").status()).isEqualTo(400);
        assertThat(forge.post(agents, "name=-a").status()).isEqualTo(400);

        String tokens = agents + "/" + created.id() + "/tokens";
        Answer first = forge.post(tokens, "name=one&description=d");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().get("token").asString()).matches("glagent-[A-Za-z0-9_-]{50}");
        assertThat(forge.post(tokens, "name=two").status()).isEqualTo(201);
        assertThat(forge.post(tokens, "name=three").status()).isEqualTo(400);
        Answer single = forge.get(tokens + "/" + first.id());
        assertThat(single.json().get("last_used_at").isNull()).isTrue();
        assertThat(single.json().has("token")).isFalse();
        assertThat(forge.delete(tokens + "/" + first.id()).status()).isEqualTo(204);
        assertThat(forge.get(tokens + "/" + first.id()).status()).isEqualTo(404);
        assertThat(forge.get(tokens).json()).hasSize(1);
        assertThat(forge.post(tokens, "name=three").status()).isEqualTo(201);

        long other = forge.project("agents-other");
        assertThat(forge.get("/api/v4/projects/" + other + "/cluster_agents/" + created.id())
                        .status())
                .isEqualTo(404);
        assertThat(forge.delete(agents + "/" + created.id()).status()).isEqualTo(204);
        assertThat(forge.get(agents + "/" + created.id()).status()).isEqualTo(404);
    }

    @Test
    void kasLearnsTheAgentOfATokenAndTheUseIsRecorded() throws Exception {
        long project = forge.project("known");
        long agent = forge.agent(project, "prod");
        String token = forge.agentToken(project, agent);
        for (String path :
                new String[] {"/api/v4/internal/kubernetes/agent_info", "/api/v4/internal/agents/agentk/agent_info"}) {
            Answer info = forge.kas("GET", path, token, "");
            assertThat(info.status()).isEqualTo(200);
            assertThat(info.json().get("agent_id").asLong()).isEqualTo(agent);
            assertThat(info.json().get("agent_name").asString()).isEqualTo("prod");
            assertThat(info.json().get("project_id").asLong()).isEqualTo(project);
            assertThat(info.json().get("default_branch").asString()).isEqualTo("main");
            assertThat(info.json()
                            .get("gitaly_repository")
                            .get("gl_project_path")
                            .asString())
                    .isEqualTo("root/known");
        }
        JsonNode shown = forge.get("/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens")
                .json()
                .get(0);
        Answer single = forge.get("/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens/"
                + shown.get("id").asLong());
        assertThat(single.json().get("last_used_at").asString()).isNotEmpty();
    }

    @Test
    void kasIsRefusedWithoutASignatureAndWithoutAnAgentsToken() throws Exception {
        String path = "/api/v4/internal/kubernetes/agent_info";
        assertThat(forge.send("GET", path, Map.of(), "").status()).isEqualTo(401);
        assertThat(forge.send("GET", path, Map.of("Gitlab-Kas-Api-Request", "x.y.z"), "")
                        .status())
                .isEqualTo(401);
        assertThat(forge.kas("GET", path, null, "").status()).isEqualTo(401);
        assertThat(forge.kas("GET", path, "glagent-wrong", "").status()).isEqualTo(401);
        assertThat(forge.kas("GET", path, forge.rootToken, "").status()).isEqualTo(401);
        long project = forge.project("bearer");
        String bearer = "Bearer " + forge.agentToken(project, forge.agent(project, "x"));
        Map<String, String> old = Map.of("Gitlab-Kas-Api-Request", forge.kasJwt(), "Authorization", bearer);
        assertThat(forge.send("GET", path, old, "").status()).isEqualTo(200);
    }

    @Test
    void revokedAgentTokenIsUnknownToKas() throws Exception {
        long project = forge.project("revoked");
        long agent = forge.agent(project, "prod");
        String tokens = "/api/v4/projects/" + project + "/cluster_agents/" + agent + "/tokens";
        Answer token = forge.post(tokens, "name=t");
        forge.delete(tokens + "/" + token.id());
        Answer info = forge.kas(
                "GET",
                "/api/v4/internal/kubernetes/agent_info",
                token.json().get("token").asString(),
                "");
        assertThat(info.status()).isEqualTo(401);
    }

    @Test
    void kasReportsConfigurationAndUse() throws Exception {
        long agent = forge.agent(forge.project("reported"), "prod");
        String configuration = "/api/v4/internal/kubernetes/agent_configuration";
        String body = "{\"agent_id\":" + agent + ",\"agent_config\":{\"ci_access\":{}}}";
        assertThat(forge.kas("POST", configuration, null, body).status()).isEqualTo(204);
        assertThat(forge.kas("POST", configuration, null, body).status()).isEqualTo(204);
        assertThat(forge.kas("POST", configuration, null, body.replace("" + agent, "99999"))
                        .status())
                .isEqualTo(404);
        assertThat(forge.kas("POST", configuration, null, "{\"agent_id\":1}").status())
                .isEqualTo(400);
        String usage = "/api/v4/internal/kubernetes/usage_metrics";
        assertThat(forge.kas("POST", usage, null, "{\"counters\":{\"k8s_api_proxy_request\":3}}")
                        .status())
                .isEqualTo(204);
        assertThat(forge.kas("POST", usage, null, "{\"counters\":{\"k8s_api_proxy_request\":-3}}")
                        .status())
                .isEqualTo(400);
        assertThat(forge.kas(
                                "POST",
                                "/api/v4/internal/kubernetes/agent_events",
                                null,
                                "{\"events\":{\"register_agent_at_kas\":[{\"agent_id\":1}]}}")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void agentReadsItsOwnProjectAndPublicOnesOnly() throws Exception {
        long own = forge.project("agent-own");
        String token = forge.agentToken(own, forge.agent(own, "a"));
        forge.project("agent-private");
        forge.post("/api/v4/projects", "name=agent-public&visibility=public");
        String info = "/api/v4/internal/kubernetes/project_info?id=";
        assertThat(forge.kas("GET", info + "root%2Fagent-own", token, "").status())
                .isEqualTo(200);
        assertThat(forge.kas("GET", info + "root%2Fagent-public", token, "").status())
                .isEqualTo(200);
        assertThat(forge.kas("GET", info + "root%2Fagent-private", token, "").status())
                .isEqualTo(404);
        String verify = "/api/v4/internal/kubernetes/verify_project_access?id=";
        assertThat(forge.kas("GET", verify + own, token, "").status()).isEqualTo(204);
        assertThat(forge.kas("GET", verify + "nope", token, "").status()).isEqualTo(404);
    }

    @Test
    void personsMakeTokensForKubectlOnly() {
        String token = forge.personWithToken("kubectl-user", "api");
        String own = "/api/v4/user/personal_access_tokens";
        Answer made = forge.call("POST", own, token, "{\"name\":\"k\",\"scopes\":[\"k8s_proxy\"]}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().get("token").asString()).startsWith("glpat-");
        assertThat(forge.call("POST", own, token, "name=x&scopes[]=api").status())
                .isEqualTo(400);
        String narrow = made.json().get("token").asString();
        Answer refused = forge.call("GET", "/api/v4/user", narrow, "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().get("error").asString()).isEqualTo("insufficient_scope");
        assertThat(forge.call("GET", "/api/v4/personal_access_tokens/self", narrow, "")
                        .status())
                .isEqualTo(200);
        assertThat(forge.call("DELETE", "/api/v4/personal_access_tokens/self", narrow, "")
                        .status())
                .isEqualTo(204);
        Answer gone = forge.call("GET", "/api/v4/personal_access_tokens/self", narrow, "");
        assertThat(gone.status()).isEqualTo(401);
        assertThat(gone.json().get("error_description").asString()).startsWith("Token was revoked.");
    }

    @Test
    void tokensOfOthersDoNotExist() {
        String one = forge.personWithToken("one", "api");
        forge.personWithToken("two", "api");
        long twos = forge.get("/api/v4/personal_access_tokens?user_id=" + forge.userId("two"))
                .json()
                .get(0)
                .get("id")
                .asLong();
        assertThat(forge.call("GET", "/api/v4/personal_access_tokens/" + twos, one, "")
                        .status())
                .isEqualTo(404);
        assertThat(forge.call("DELETE", "/api/v4/personal_access_tokens/" + twos, one, "")
                        .status())
                .isEqualTo(404);
        assertThat(forge.call("GET", "/api/v4/personal_access_tokens?user_id=1", one, "")
                        .status())
                .isEqualTo(401);
        assertThat(forge.call("POST", "/api/v4/users", one, "username=x&name=x&email=x@x")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void metadataTellsWhereKasIs() {
        JsonNode kas = forge.get("/api/v4/metadata").json().get("kas");
        assertThat(kas.get("externalUrl").asString()).isEqualTo("ws://fairlead.example:8080/-/kubernetes-agent/");
        assertThat(kas.get("externalK8sProxyUrl").asString())
                .isEqualTo("http://fairlead.example:8080/-/kubernetes-agent/k8s-proxy/");
    }

    @Test
    void anAnswerThatIsKnownIsNotSentAgain() {
        Answer first = forge.get("/api/v4/user");
        String tag = first.header("ETag");
        assertThat(tag).startsWith("W/\"");
        Map<String, String> again = Map.of("PRIVATE-TOKEN", forge.rootToken, "If-None-Match", "\"x\", " + tag);
        Answer known = forge.send("GET", "/api/v4/user", again, "");
        assertThat(known.status()).isEqualTo(304);
        assertThat(known.response().body()).isEmpty();
        assertThat(known.header("ETag")).isEqualTo(tag);
        Answer other = forge.send(
                "GET", "/api/v4/version", Map.of("PRIVATE-TOKEN", forge.rootToken, "If-None-Match", tag), "");
        assertThat(other.status()).isEqualTo(200);
    }

    @Test
    void everyAnswerSaysHowManyRequestsAreLeft() {
        Answer answer = forge.get("/api/v4/user");
        assertThat(Integer.parseInt(answer.header("RateLimit-Limit")))
                .isEqualTo(ClientRules.DEFAULT.requestsPerMinute());
        assertThat(Integer.parseInt(answer.header("RateLimit-Remaining")))
                .isLessThan(ClientRules.DEFAULT.requestsPerMinute());
    }

    @Test
    void anAdministratorActsAsSomebodyElseWithTheScopeForIt() {
        String person = forge.personWithToken("sudoed", "api", "sudo");
        String path = "/api/v4/user";
        Map<String, String> headers = Map.of("PRIVATE-TOKEN", forge.rootToken, "Sudo", "sudoed");
        assertThat(forge.send("GET", path, headers, "").json().get("username").asString())
                .isEqualTo("sudoed");
        assertThat(forge.get(path + "?sudo=" + forge.userId("sudoed"))
                        .json()
                        .get("username")
                        .asString())
                .isEqualTo("sudoed");
        assertThat(forge.send("GET", "/api/v4/personal_access_tokens?user_id=1", headers, "")
                        .status())
                .isEqualTo(401);
        assertThat(forge.send("GET", path, Map.of("PRIVATE-TOKEN", person, "Sudo", "root"), "")
                        .status())
                .isEqualTo(403);
        String narrow = forge.tokenOf(1, "api");
        assertThat(forge.send("GET", path, Map.of("PRIVATE-TOKEN", narrow, "Sudo", "sudoed"), "")
                        .status())
                .isEqualTo(403);
        assertThat(forge.get(path + "?sudo=nobody").status()).isEqualTo(404);
    }

    @Test
    void takesFormsAsCurlSendsThemWithF() {
        String body = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nfrom a form\r\n--b--\r\n";
        Map<String, String> headers =
                Map.of("PRIVATE-TOKEN", forge.rootToken, "Content-Type", "multipart/form-data; boundary=b");
        Answer made = forge.send("POST", "/api/v4/projects", headers, body);
        assertThat(made.json().get("path").asString()).isEqualTo("from-a-form");
    }

    @Test
    void badInputIsRefusedWithAReason() {
        assertThat(forge.post("/api/v4/projects", "{\"name\":").status()).isEqualTo(400);
        assertThat(forge.post("/api/v4/projects", "{\"name\":\"a\",\"name\":\"b\"}")
                        .status())
                .isEqualTo(400);
        assertThat(forge.post("/api/v4/projects", "[1]").status()).isEqualTo(400);
        assertThat(forge.post("/api/v4/projects", "name=%zz").status()).isEqualTo(400);
        assertThat(forge.post("/api/v4/projects", "x=1").json().get("error").asString())
                .contains("missing");
        assertThat(forge.post("/api/v4/projects", "name=x&default_branch=a..b").status())
                .isEqualTo(400);
        assertThat(forge.post("/api/v4/projects", "name=" + "x".repeat(2_000_000))
                        .status())
                .isEqualTo(413);
        assertThat(forge.call("PATCH", "/api/v4/projects", forge.rootToken, "").status())
                .isEqualTo(405);
        assertThat(forge.send("GET", "/api/v4/user", Map.of("PRIVATE-TOKEN", ""), "")
                        .status())
                .isEqualTo(401);
    }

    /** As GitLab does; PostgreSQL could not keep it. */
    @Test
    void refusesTheCharacterThatNoDatabaseKeeps() {
        Answer json = forge.post("/api/v4/projects", "{\"name\":\"nul\\u0000\"}");
        assertThat(json.status()).isEqualTo(400);
        assertThat(json.json().get("error").asString()).isEqualTo("a parameter contains U+0000");
        assertThat(forge.post("/api/v4/projects", "{\"name\":\"back\\\\u0000\",\"path\":\"backslash\"}")
                        .status())
                .isNotEqualTo(500);
        assertThat(forge.post("/api/v4/projects", "name=nul%00").status()).isEqualTo(400);
        assertThat(forge.get("/api/v4/projects/root%2Fa%00b").status()).isEqualTo(400);
    }
}
