package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.fake.FakeGitLab.Answer;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.testing.time.ManualTime;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitLabAgentTokensTest {
    private static final String AGENT_INFO = "GET /api/v4/internal/kubernetes/agent_info";
    private static final AgentToken TOKEN = new AgentToken("glagent-secret");

    private final SystemScheduler system = new SystemScheduler("test-time");
    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FakeGitLab gitlab = new FakeGitLab();
    private final GitLabClient client = new GitLabClient(
            GitLabClientConfig.of(gitlab.url(), "gitlab-kas/test/0"),
            new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC()),
            system);
    private final GitLabAgentTokens tokens =
            new GitLabAgentTokens(client, GitLabAgentTokens.KEEP, GitLabAgentTokens.KEEP_REFUSAL, time, threads);

    @AfterEach
    void close() {
        client.close();
        gitlab.close();
        threads.shutdownNow();
        system.close();
    }

    private AgentInfo authenticate() {
        return tokens.authenticate(TOKEN).toCompletableFuture().join();
    }

    @Test
    void remembersAGoodTokenForFiveMinutes() {
        gitlab.on(AGENT_INFO, Answer.json(200, Agents.agentInfoJson(7, 5, "tcp://g", "t")));
        AgentInfo agent = authenticate();
        assertThat(agent.agentId()).isEqualTo(7);
        assertThat(agent.projectPath()).isEqualTo("group/project-5");
        time.pass(Duration.ofSeconds(299));
        assertThat(tokens.authenticate(TOKEN).toCompletableFuture()).isCompleted();
        assertThat(gitlab.count(AGENT_INFO)).isOne();
        time.pass(Duration.ofSeconds(1));
        authenticate();
        assertThat(gitlab.count(AGENT_INFO)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "401, UNAUTHENTICATED, unauthenticated, true",
        "403, PERMISSION_DENIED, forbidden, true",
        "404, NOT_FOUND, agent not found, true",
        "400, UNAUTHENTICATED, unauthenticated: GitLab answered 400, true",
        "431, UNAUTHENTICATED, unauthenticated: GitLab answered 431, true",
        "408, UNAVAILABLE, unavailable, false",
        "429, UNAVAILABLE, unavailable, false",
        "500, UNAVAILABLE, unavailable, false"
    })
    void sortsRefusals(int http, Status.Code code, String text, boolean kept) {
        gitlab.on(AGENT_INFO, Answer.json(http, "{}"));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::authenticate).cause().isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                assertThat(e.getStatus().getCode()).isEqualTo(code);
                assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
        }
        assertThat(gitlab.count(AGENT_INFO)).isEqualTo(kept ? 1 : 2);
        time.pass(Duration.ofSeconds(60));
        assertThatThrownBy(this::authenticate);
        assertThat(gitlab.count(AGENT_INFO)).isEqualTo(kept ? 2 : 3);
    }

    @Test
    void theFailureIsTheStatusItself() {
        gitlab.on(AGENT_INFO, Answer.empty(401));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        tokens.authenticate(TOKEN).whenComplete((agent, e) -> failure.complete(e));
        assertThat(failure.join()).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void aHundredAgentsAtOnceAskOnce() {
        CountDownLatch open = new CountDownLatch(1);
        gitlab.on(AGENT_INFO, request -> {
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.json(200, Agents.agentInfoJson(7, 5, "tcp://g", "t"));
        });
        List<CompletableFuture<AgentInfo>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(tokens.authenticate(TOKEN).toCompletableFuture());
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        open.countDown();
        answers.forEach(CompletableFuture::join);
        assertThat(gitlab.count(AGENT_INFO)).isOne();
    }

    @Test
    void anInvalidatedTokenIsAskedAbout() {
        gitlab.on(AGENT_INFO, Answer.json(200, Agents.agentInfoJson(7, 5, "tcp://g", "t")));
        authenticate();
        tokens.changed(new AccessChanges(1, false, true, Set.of(), Set.of(8L), Set.of()));
        authenticate();
        assertThat(gitlab.count(AGENT_INFO)).isOne();
        tokens.changed(new AccessChanges(2, false, false, Set.of(), Set.of(7L), Set.of()));
        gitlab.on(AGENT_INFO, Answer.empty(401));
        assertThatThrownBy(this::authenticate).hasMessageContaining("UNAUTHENTICATED");
        tokens.changed(AccessChanges.everything(3));
        gitlab.on(AGENT_INFO, Answer.json(200, Agents.agentInfoJson(7, 5, "tcp://g", "t")));
        authenticate();
    }
}
