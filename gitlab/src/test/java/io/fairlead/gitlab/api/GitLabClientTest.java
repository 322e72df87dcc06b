package io.fairlead.gitlab.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.fake.FakeGitLab.Answer;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GitLabClientTest {
    private static final String AGENT_INFO = "GET /api/v4/internal/kubernetes/agent_info";
    private static final String CONFIGURATION = "POST /api/v4/internal/kubernetes/agent_configuration";
    private static final String AUTHORIZE = "POST /api/v4/internal/kubernetes/authorize_proxy_user";
    private static final String ALLOWED = "GET /api/v4/job/allowed_agents";
    private static final String INFO = """
            {"project_id": "5", "agent_id": 7, "agent_name": "prod", "new_key": {"a": [1]},
             "gitaly_info": {"address": "tcp://127.0.0.1:1", "token": "t", "features": {"gitaly-feature-a": "true"}},
             "gitaly_repository": {"storage_name": "default", "relative_path": "@hashed/x.git",
               "gl_repository": "project-5", "gl_project_path": "group/project"},
             "default_branch": "main"}""";

    private final SystemScheduler time = new SystemScheduler("test-time");
    private final FakeGitLab gitlab = new FakeGitLab();
    private final KasJwt jwt = new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC());
    private final GitLabClient client =
            new GitLabClient(GitLabClientConfig.of(gitlab.url(), "gitlab-kas/test/0"), jwt, time);

    @AfterEach
    void close() {
        client.close();
        gitlab.close();
        time.close();
    }

    @Test
    void readsAgentInfoWithNumbersAsTextAndUnknownKeys() {
        gitlab.on(AGENT_INFO, Answer.json(200, INFO));
        AgentInfoResponse info = client.agentInfo("glagent-secret");
        assertThat(info.projectId()).isEqualTo(5);
        assertThat(info.agentId()).isEqualTo(7);
        assertThat(info.gitalyRepository().glProjectPath()).isEqualTo("group/project");
        assertThat(info.gitalyInfo().features()).containsEntry("gitaly-feature-a", "true");
        FakeGitLab.Recorded request = gitlab.requests().getFirst();
        assertThat(request.header("Authorization")).isEqualTo("Bearer glagent-secret");
        assertThat(request.header("Gitlab-Agent-Api-Request")).isEqualTo("glagent-secret");
        assertThat(request.header("Gitlab-Agentk-Api-Request")).isEqualTo("glagent-secret");
        jwt.verifyFromKas(String.valueOf(request.header("Gitlab-Kas-Api-Request")));
    }

    @Test
    void aRefusalCarriesStatusAndReasonButNoToken() {
        gitlab.on(AGENT_INFO, Answer.json(401, "{\"message\": \"401 Unauthorized\"}"));
        assertThatThrownBy(() -> client.agentInfo("glagent-secret"))
                .isInstanceOfSatisfying(GitLabException.class, e -> {
                    assertThat(e.status()).isEqualTo(401);
                    assertThat(e.reason()).isEqualTo("401 Unauthorized");
                })
                .hasMessageContaining(
                        "GitLab answered 401 to GET /api/v4/internal/kubernetes/agent_info: 401 Unauthorized")
                .hasMessageNotContaining("glagent");
        assertThat(gitlab.count(AGENT_INFO)).isOne();
    }

    /** Found by attacking it: wrong tokens of people used up the limit, and agents were let in no more. */
    @Test
    void peopleLeaveAShareOfTheCallsToAgents() throws Exception {
        gitlab.on(AGENT_INFO, Answer.json(200, INFO));
        gitlab.on(ALLOWED, Answer.json(200, "{\"allowed_agents\": []}"));
        GitLabClientConfig slow = new GitLabClientConfig(gitlab.url(), "gitlab-kas/test/0", Optional.empty(), 0.1, 8);
        try (GitLabClient narrow = new GitLabClient(slow, jwt, time)) {
            List<Thread> people = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                people.add(Thread.ofVirtual().start(() -> {
                    try {
                        narrow.allowedAgents("job", CallShare.PEOPLE);
                    } catch (GitLabException _) {
                        // Most find no place; what the others are told does not matter here.
                    }
                }));
            }
            await().until(() -> gitlab.count(ALLOWED) == 6);
            assertThat(narrow.agentInfo("t").agentId()).isEqualTo(7);
            assertThat(narrow.agentInfo("t").agentId()).isEqualTo(7);
            people.forEach(Thread::interrupt);
        }
    }

    @Test
    void agentInfoIsNotTriedAgainButOthersAre() {
        AtomicInteger calls = new AtomicInteger();
        gitlab.on(AGENT_INFO, Answer.empty(502));
        gitlab.on(CONFIGURATION, request -> Answer.empty(calls.incrementAndGet() < 3 ? 502 : 204));
        assertThatThrownBy(() -> client.agentInfo("t")).hasMessageContaining("502");
        client.postAgentConfiguration(7, GitLabJson.MAPPER.readTree("{\"user_access\":{\"projects\":[]}}"));
        assertThat(gitlab.count(AGENT_INFO)).isOne();
        assertThat(gitlab.count(CONFIGURATION)).isEqualTo(3);
        assertThat(gitlab.requests().getLast().body())
                .isEqualTo("{\"agent_id\":\"7\",\"agent_config\":{\"user_access\":{\"projects\":[]}}}");
    }

    @Test
    void aRefusalIsNotTriedAgain() {
        gitlab.on(ALLOWED, Answer.empty(403));
        assertThatThrownBy(() -> client.allowedAgents("job-secret", CallShare.PEOPLE))
                .hasMessageContaining("403")
                .hasMessageNotContaining("job-secret");
        assertThat(gitlab.count(ALLOWED)).isOne();
    }

    @Test
    void redirectsAreNotFollowed() {
        gitlab.on(AGENT_INFO, Answer.empty(302));
        assertThatThrownBy(() -> client.agentInfo("t")).hasMessageContaining("302");
    }

    @Test
    void whatIsNotAnAnswerIsExplained() {
        gitlab.on(AGENT_INFO, Answer.json(200, "<html>").withType("text/html"));
        assertThatThrownBy(() -> client.agentInfo("t")).hasMessageContaining("its content type is text/html");
        gitlab.on(AGENT_INFO, Answer.json(200, "{\"agent_id\": 0}"));
        assertThatThrownBy(() -> client.agentInfo("t")).hasMessageContaining("project_id is 0");
        gitlab.on(AGENT_INFO, Answer.json(200, "{"));
        assertThatThrownBy(() -> client.agentInfo("t"))
                .isInstanceOf(GitLabException.class)
                .hasMessageContaining("gitlab.address leads to GitLab itself");
    }

    @Test
    void anUnreachableGitLabIsExplained() {
        gitlab.close();
        assertThatThrownBy(() -> client.agentInfo("t"))
                .isInstanceOfSatisfying(
                        GitLabException.class, e -> assertThat(e.status()).isZero())
                .hasMessageContaining("check gitlab.address");
    }

    @Test
    void aBaseUrlMayHaveAPath() {
        gitlab.on("GET /git/lab/api/v4/internal/kubernetes/agent_info", Answer.json(200, INFO));
        try (GitLabClient below = new GitLabClient(
                GitLabClientConfig.of(URI.create(gitlab.url() + "/git/lab/"), "gitlab-kas/test/0"), jwt, time)) {
            assertThat(below.agentInfo("t").agentName()).isEqualTo("prod");
        }
    }

    @Test
    void readsEveryKindOfCiAccess() {
        gitlab.on(ALLOWED, Answer.json(200, """
                {"allowed_agents": [
                  {"id": 1, "config_project": {"id": 9}, "configuration": {}},
                  {"id": 2, "config_project": {"id": 9}, "configuration": {"default_namespace": "ns", "access_as": {"agent": {}}}},
                  {"id": "3", "config_project": {"id": 9}, "configuration": {"access_as": {"ci_job": {}}, "environments": ["x"]}},
                  {"id": 4, "config_project": {"id": 9}, "configuration": {"access_as": {"impersonate":
                     {"username": "u", "groups": ["g"], "uid": "1", "extra": [{"key": "k", "val": ["v", "w"]}]}}}},
                  {"id": 5, "config_project": {"id": 9}, "configuration": {"access_as": {"ci_user": {}}}},
                  {"id": 6, "config_project": {"id": 9}, "configuration": {"access_as": {"agent": {}, "ci_job": {}}}},
                  {"id": 7, "config_project": {"id": 9}}],
                 "job": {"id": 11}, "pipeline": {"id": 12}, "project": {"id": 13, "groups": [{"id": 14}, {"id": 15}]},
                 "user": {"id": 16, "username": "jane", "roles_in_project": ["developer"]},
                 "environment": {"slug": "prod", "tier": "production"}}"""));
        AllowedAgents agents = client.allowedAgents("job", CallShare.PEOPLE);
        assertThat(agents.allowedAgents())
                .extracting(agent -> agent.configuration().accessAs())
                .containsExactly(
                        new CiAccessAs.Agent(),
                        new CiAccessAs.Agent(),
                        new CiAccessAs.CiJob(),
                        new CiAccessAs.Impersonate(
                                "u", List.of("g"), "1", List.of(new CiAccessAs.ExtraKeyVal("k", List.of("v", "w")))),
                        new CiAccessAs.Unknown(List.of("ci_user")),
                        new CiAccessAs.Unknown(List.of("agent", "ci_job")),
                        new CiAccessAs.Agent());
        assertThat(agents.environment()).contains(new Ids.Environment("prod", "production"));
        assertThat(GitLabJson.MAPPER.readValue(
                        GitLabJson.MAPPER.writeValueAsString(new CiAccessAs.CiJob()), CiAccessAs.class))
                .isEqualTo(new CiAccessAs.CiJob());
    }

    @Test
    void readsBothKindsOfUserAccessAndWritesThemBack() {
        String body = "{\"agent\":{\"id\":7,\"config_project\":{\"id\":9}},\"user\":{\"id\":1,\"username\":\"root\"},"
                + "\"access_as\":{\"user\":{\"projects\":[{\"id\":1,\"roles\":[\"developer\"]}]}}}";
        gitlab.on(AUTHORIZE, Answer.json(201, body));
        AuthorizeProxyUserResponse response =
                client.authorizeProxyUser(AuthorizeProxyUserRequest.session(7, "cookie", "csrf"), CallShare.PEOPLE);
        assertThat(response.accessAs())
                .isEqualTo(new UserAccessAs.User(List.of(new Ids.Roles(1, List.of("developer"))), List.of()));
        assertThat(GitLabJson.MAPPER.readValue(
                        GitLabJson.MAPPER.writeValueAsString(response), AuthorizeProxyUserResponse.class))
                .isEqualTo(response);
        assertThat(response.agent().name()).isEmpty();
        assertThat(gitlab.requests().getFirst().body())
                .isEqualTo("{\"agent_id\":\"7\",\"access_type\":\"session_cookie\",\"access_key\":\"cookie\","
                        + "\"csrf_token\":\"csrf\"}");
        gitlab.on(AUTHORIZE, Answer.json(200, body.replace("\"user\":{\"projects", "\"root\":{\"projects")));
        assertThatThrownBy(() -> client.authorizeProxyUser(
                        AuthorizeProxyUserRequest.personalAccessToken(7, "pat"), CallShare.PEOPLE))
                .hasMessageContaining("must have one of agent, user");
    }
}
