package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.fake.FakeGitLab.Answer;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import io.fairlead.link.identity.ProxyDecision.Allowed;
import io.fairlead.link.identity.ProxyDecision.Refused;
import io.fairlead.testing.time.ManualTime;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitLabProxyAccessTest {
    private static final String ALLOWED = "GET /api/v4/job/allowed_agents";
    private static final String AUTHORIZE = "POST /api/v4/internal/kubernetes/authorize_proxy_user";
    private static final String JOB = """
            {"allowed_agents": [
              {"id": 7, "config_project": {"id": 1}, "configuration": {"access_as": {"agent": {}}}},
              {"id": 8, "config_project": {"id": 2}, "configuration": {"access_as": {"ci_job": {}}}},
              {"id": 9, "config_project": {"id": 3}, "configuration": {"access_as": {"impersonate": {"username": "u",
                "groups": ["g1", "g2"], "uid": "1000", "extra": [{"key": "a", "val": ["1"]}, {"key": "b", "val": ["2", "3"]},
                {"key": "a", "val": ["4"]}]}}}},
              {"id": 10, "config_project": {"id": 3}, "configuration": {"access_as": {"ci_user": {}}}}],
             "job": {"id": 11}, "pipeline": {"id": 12}, "project": {"id": 13, "groups": [{"id": 14}, {"id": 15}]},
             "user": {"id": 16, "username": "jane"}%s}""";
    private static final String ENVIRONMENT = ", \"environment\": {\"slug\": \"review-1\", \"tier\": \"development\"}";
    private static final String USER = """
            {"agent": {"id": 7, "config_project": {"id": 5}}, "user": {"id": 1, "username": "root"}, "access_as": %s}""";

    private final SystemScheduler system = new SystemScheduler("test-time");
    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FakeGitLab gitlab = new FakeGitLab();
    private final GitLabClient client = new GitLabClient(
            GitLabClientConfig.of(gitlab.url(), "gitlab-kas/test/0"),
            new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC()),
            system);
    private final GitLabProxyAccess access = new GitLabProxyAccess(
            client,
            GitLabProxyAccess.KEEP,
            GitLabProxyAccess.KEEP_REFUSAL,
            new RefusedCredentials(new RefusedCredentials.Limit(3, 1), time),
            time,
            threads);

    @AfterEach
    void close() {
        client.close();
        gitlab.close();
        threads.shutdownNow();
        system.close();
    }

    private ProxyDecision decide(ProxyCredential credential) {
        return decide(credential, "192.0.2.1");
    }

    private ProxyDecision decide(ProxyCredential credential, String from) {
        return access.decide(credential, new InetSocketAddress(from, 4711))
                .toCompletableFuture()
                .join();
    }

    private ProxyDecision job(long agentId) {
        return decide(new ProxyCredential.CiJob(agentId, "job-token"));
    }

    private ProxyDecision pat() {
        return decide(new ProxyCredential.PersonalAccessToken(7, "glpat-x"));
    }

    @Test
    void aJobActsAsTheAgentWhenNothingElseIsSaid() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        assertThat(job(7))
                .isEqualTo(new Allowed(
                        7,
                        Optional.empty(),
                        Optional.empty(),
                        new Identity.Job(16, "jane", 11, 12, 13, Optional.empty())));
    }

    @Test
    void aJobWithAnEnvironmentActsAsItself() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted(ENVIRONMENT)));
        Impersonation as = ((Allowed) job(8)).impersonation().orElseThrow();
        assertThat(as.username()).isEqualTo("gitlab:ci_job:11");
        assertThat(as.uid()).isEmpty();
        assertThat(as.groups())
                .containsExactly(
                        "gitlab:ci_job",
                        "gitlab:group:14",
                        "gitlab:group_env_tier:14:development",
                        "gitlab:group:15",
                        "gitlab:group_env_tier:15:development",
                        "gitlab:project:13",
                        "gitlab:project_env:13:review-1",
                        "gitlab:project_env_tier:13:development");
        assertThat(as.extra().toString())
                .isEqualTo("{agent.gitlab.com/id=[8], agent.gitlab.com/config_project_id=[2], "
                        + "agent.gitlab.com/project_id=[13], agent.gitlab.com/ci_pipeline_id=[12], "
                        + "agent.gitlab.com/ci_job_id=[11], agent.gitlab.com/username=[jane], "
                        + "agent.gitlab.com/environment_slug=[review-1], "
                        + "agent.gitlab.com/environment_tier=[development]}");
    }

    @Test
    void aJobWithoutEnvironmentHasNoEnvironmentGroups() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        Impersonation as = ((Allowed) job(8)).impersonation().orElseThrow();
        assertThat(as.groups())
                .containsExactly("gitlab:ci_job", "gitlab:group:14", "gitlab:group:15", "gitlab:project:13");
        assertThat(as.extra()).hasSize(6);
    }

    @Test
    void aJobActsAsSomeoneConfigured() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        Impersonation as = ((Allowed) job(9)).impersonation().orElseThrow();
        assertThat(as.username()).isEqualTo("u");
        assertThat(as.groups()).containsExactly("g1", "g2");
        assertThat(as.uid()).isEqualTo("1000");
        assertThat(as.extra().toString()).isEqualTo("{a=[1, 4], b=[2, 3]}");
    }

    @Test
    void anAccessThatIsNotKnownIsNeverTakenForTheAgents() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        assertThat(job(10)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.httpStatus()).isEqualTo(500);
            assertThat(refused.message()).contains("ci_user");
        });
    }

    @Test
    void oneAnswerServesAllAgentsOfAJob() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        job(7);
        job(8);
        assertThat(job(99)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.httpStatus()).isEqualTo(403);
            assertThat(refused.message()).contains("may not use agent 99", "ci_access", "environment and branch");
        });
        assertThat(gitlab.count(ALLOWED)).isOne();
        time.pass(Duration.ofSeconds(60));
        job(7);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "401, 401, Unauthorized: CI job token: it is no token of a job that runs",
                "403, 403, Forbidden: CI job token: the job's project may use no agent",
                "404, 404, Not found: agents for CI job token: the job's project is not there"
            })
    void aRefusedJobIsToldWhyAndRememberedForTenSeconds(int http, int expected, String text) {
        gitlab.on(ALLOWED, Answer.json(http, "{}"));
        assertThat(job(7)).isEqualTo(new Refused(expected, text));
        job(8);
        assertThat(gitlab.count(ALLOWED)).isOne();
        time.pass(Duration.ofSeconds(10));
        job(7);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(2);
    }

    @Test
    void aBrokenGitLabIsAnInternalErrorAndNotRemembered() {
        gitlab.on(ALLOWED, Answer.json(501, "{\"message\": \"bad\"}"));
        assertThat(job(7)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.httpStatus()).isEqualTo(500);
            assertThat(refused.message())
                    .startsWith("Internal error: GitLab answered 501")
                    .doesNotContain("job-token");
        });
        job(7);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(2);
    }

    @Test
    void aPersonActsAsThemselvesWithTheirRoles() {
        gitlab.on(
                AUTHORIZE,
                Answer.json(
                        201,
                        USER.formatted(
                                "{\"user\": {\"projects\": [{\"id\": 1, \"roles\": [\"developer\", \"maintainer\"]}], "
                                        + "\"groups\": [{\"id\": 3, \"roles\": [\"owner\"]}]}}")));
        Allowed allowed = (Allowed) pat();
        assertThat(allowed.who()).isEqualTo(new Identity.TokenUser(1, "root"));
        Impersonation as = allowed.impersonation().orElseThrow();
        assertThat(as.username()).isEqualTo("gitlab:user:root");
        assertThat(as.groups())
                .isEqualTo(List.of(
                        "gitlab:user",
                        "gitlab:project_role:1:developer",
                        "gitlab:project_role:1:maintainer",
                        "gitlab:group_role:3:owner"));
        assertThat(as.extra().toString())
                .isEqualTo(
                        "{agent.gitlab.com/id=[7], agent.gitlab.com/username=[root], "
                                + "agent.gitlab.com/access_type=[personal_access_token], agent.gitlab.com/config_project_id=[5]}");
    }

    @Test
    void aSessionSaysSo() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"user\": {}}")));
        Allowed allowed = (Allowed) decide(new ProxyCredential.Session(7, "cookie", "csrf"));
        assertThat(allowed.who()).isEqualTo(new Identity.SessionUser(1, "root"));
        assertThat(allowed.impersonation().orElseThrow().extra())
                .containsEntry("agent.gitlab.com/access_type", List.of("session_cookie"));
        assertThat(gitlab.requests().getFirst().body()).contains("\"csrf_token\":\"csrf\"");
    }

    @Test
    void aPersonMayActAsTheAgent() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        assertThat(((Allowed) pat()).impersonation()).isEmpty();
    }

    @Test
    void anAnswerAboutAnotherAgentIsNotBelieved() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        assertThat(decide(new ProxyCredential.PersonalAccessToken(8, "glpat-x")))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.httpStatus()).isEqualTo(500));
    }

    @ParameterizedTest
    @CsvSource({"401, 401", "403, 401", "404, 401", "400, 401"})
    void aRefusedPersonIsUnauthorizedWhateverTheReason(int http, int expected) {
        gitlab.on(AUTHORIZE, Answer.json(http, "{\"message\": \"the reason\"}"));
        assertThat(pat()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.httpStatus()).isEqualTo(expected);
            assertThat(refused.message()).contains("the reason").doesNotContain("glpat");
        });
    }

    /** GitLab says 400 of a token that it does not know. */
    @ParameterizedTest
    @CsvSource({"400", "401", "422", "431"})
    void aRefusedPersonIsRememberedForTenSeconds(int http) {
        gitlab.on(AUTHORIZE, Answer.json(http, "{}"));
        pat();
        pat();
        assertThat(gitlab.count(AUTHORIZE)).isOne();
        time.pass(Duration.ofSeconds(10));
        pat();
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(2);
    }

    private ProxyDecision wrong(int token, String from) {
        return decide(new ProxyCredential.PersonalAccessToken(7, "wrong-" + token), from);
    }

    /** Found by attacking it: a loop over wrong tokens used up the calls to GitLab for everybody. */
    @Test
    void anAddressThatShowsManyWrongTokensIsRefusedUnasked() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        assertThat(pat()).isInstanceOf(Allowed.class);
        time.pass(Duration.ofMinutes(30));
        gitlab.on(AUTHORIZE, Answer.json(400, "{}"));
        for (int token = 0; token < 100; token++) {
            wrong(token, "192.0.2.1");
        }
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(1 + 3);
        assertThat(wrong(100, "192.0.2.1")).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.httpStatus()).isEqualTo(429);
            assertThat(refused.message()).contains("192.0.2.1");
        });
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        assertThat(pat()).as("who was let in within the hour").isInstanceOf(Allowed.class);
        assertThat(wrong(101, "192.0.2.2")).as("from elsewhere").isInstanceOf(Allowed.class);
        time.pass(Duration.ofSeconds(1));
        assertThat(wrong(102, "192.0.2.1")).as("a second later").isInstanceOf(Allowed.class);
    }

    @Test
    void aTokenThatWasLetInToOneAgentIsAskedAboutForAnotherDuringAFlood() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        assertThat(pat()).isInstanceOf(Allowed.class);
        gitlab.on(AUTHORIZE, Answer.json(400, "{}"));
        for (int token = 0; token < 10; token++) {
            wrong(token, "192.0.2.1");
        }
        gitlab.on(
                AUTHORIZE,
                Answer.json(200, USER.replace("\"id\": 7", "\"id\": 8").formatted("{\"agent\": {}}")));

        assertThat(decide(new ProxyCredential.PersonalAccessToken(8, "glpat-x")))
                .isInstanceOf(Allowed.class);
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        gitlab.on(AUTHORIZE, Answer.json(400, "{}"));
        for (int host = 1; host < 50; host++) {
            wrong(host, "2001:db8::" + host);
        }
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(3);
        assertThat(wrong(50, "2001:db8:0:1::1"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.httpStatus()).isEqualTo(401));
    }

    @Test
    void oneWrongTokenShownAgainAndAgainCountsOnce() {
        gitlab.on(AUTHORIZE, Answer.json(400, "{}"));
        for (int i = 0; i < 10; i++) {
            wrong(1, "192.0.2.1");
        }
        wrong(2, "192.0.2.1");
        wrong(3, "192.0.2.1");
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(3);
    }

    @Test
    void invalidationAsksAnew() {
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        pat();
        access.changed(new AccessChanges(1, false, false, Set.of(2L), Set.of(8L), Set.of(1L)));
        pat();
        assertThat(gitlab.count(AUTHORIZE)).isOne();
        access.changed(new AccessChanges(2, false, false, Set.of(), Set.of(7L), Set.of()));
        pat();
        access.changed(new AccessChanges(3, false, false, Set.of(1L), Set.of(), Set.of()));
        pat();
        access.changed(AccessChanges.everything(4));
        pat();
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(4);
    }

    /** Whoever pushes to an agent of theirs without end does not have every job asked about each time. */
    @Test
    void aJobIsAskedAboutForAnAgentThatMayLetItInNowAndNotForThoseThatDo() {
        gitlab.on(ALLOWED, Answer.json(200, JOB.formatted("")));
        job(7);
        access.changed(new AccessChanges(1, false, false, Set.of(), Set.of(99L), Set.of()));
        job(7);
        assertThat(gitlab.count(ALLOWED)).isOne();
        assertThat(job(99)).isInstanceOf(Refused.class);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(2);
        job(99);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(2);
        access.changed(new AccessChanges(2, false, false, Set.of(), Set.of(7L), Set.of()));
        job(7);
        assertThat(gitlab.count(ALLOWED)).isEqualTo(3);
    }

    /** Somebody at work is asked about though their address has shown too many wrong tokens: else those would shield them. */
    @Test
    void aReviewIsAskedDuringAFlood() {
        gitlab.on(AUTHORIZE, Answer.json(400, "{}"));
        for (int i = 1; i <= 4; i++) {
            wrong(i, "192.0.2.1");
        }
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(3);
        ProxyDecision reviewed = access.review(
                        new ProxyCredential.PersonalAccessToken(7, "glpat-x"), new InetSocketAddress("192.0.2.1", 4711))
                .toCompletableFuture()
                .join();
        assertThat(reviewed)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.httpStatus()).isEqualTo(401));
        assertThat(gitlab.count(AUTHORIZE)).isEqualTo(4);
    }

    @Test
    void aRefusalIsForgottenWithWhateverChanges() {
        gitlab.on(AUTHORIZE, Answer.json(403, "{}"));
        assertThat(pat()).isInstanceOf(Refused.class);
        gitlab.on(AUTHORIZE, Answer.json(200, USER.formatted("{\"agent\": {}}")));
        access.changed(new AccessChanges(1, false, false, Set.of(99L), Set.of(), Set.of()));
        assertThat(pat()).isInstanceOf(Allowed.class);
    }

    @Test
    void keysAndTextsHoldNoSecret() {
        var all = List.of(
                new ProxyCredential.CiJob(7, "secret"),
                new ProxyCredential.PersonalAccessToken(7, "secret"),
                new ProxyCredential.Session(7, "secret", "secret"));
        assertThat(all).allSatisfy(credential -> {
            assertThat(credential.cacheKey()).hasSize(64).doesNotContain("secret");
            assertThat(credential.secretHash()).hasSize(64).doesNotContain("secret");
            assertThat(credential.toString()).doesNotContain("secret");
        });
        assertThat(new ProxyCredential.Session(7, "ab", "c").cacheKey())
                .isNotEqualTo(new ProxyCredential.Session(7, "a", "bc").cacheKey());
    }
}
