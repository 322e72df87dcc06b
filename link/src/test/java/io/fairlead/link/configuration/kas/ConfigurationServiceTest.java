package io.fairlead.link.configuration.kas;

import static io.fairlead.gitlab.fake.FakeGitaly.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.agentcfg.AgentConfiguration;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.fake.FakeGitLab.Answer;
import io.fairlead.gitlab.fake.FakeGitaly;
import io.fairlead.gitlab.gitaly.GitalyClient;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.configuration.agent.ConfigurationWatch;
import io.fairlead.link.configuration.rpc.AgentConfigurationGrpc;
import io.fairlead.link.configuration.rpc.ConfigurationProjectGrpc;
import io.fairlead.link.configuration.rpc.ConfigurationRequest;
import io.fairlead.link.configuration.rpc.ConfigurationResponse;
import io.fairlead.link.configuration.rpc.ListAgentConfigFilesRequest;
import io.fairlead.link.entity.GitalyInfo;
import io.fairlead.link.entity.GitalyRepository;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.agent.AuthenticatedChannel;
import io.fairlead.link.identity.kas.AgentCallAuth;
import io.fairlead.link.identity.kas.GitLabAgentTokens;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ConnectionAge;
import io.fairlead.wire.grpc.ConnectionLife;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.grpc.KasAddress;
import io.fairlead.wire.grpc.StreamEnd;
import io.fairlead.wire.loop.EventLoops;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** kas's side of the configuration: real gRPC to the agent, real HTTP to GitLab, real gRPC to Gitaly. */
class ConfigurationServiceTest {
    private static final String AGENT_INFO = "GET /api/v4/internal/kubernetes/agent_info";
    private static final String CONFIGURATION = "POST /api/v4/internal/kubernetes/agent_configuration";
    private static final String PATH = ".gitlab/agents/agent-7/config.yaml";
    private static final String OTHER_PATH = ".gitlab/agents/agent-8/config.yaml";
    private static final String PLAIN = "flux: {webhook_receiver_url: http://one}\n";

    private final SystemScheduler system = new SystemScheduler("test-time");
    private final ManualTime time = new ManualTime();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final FakeGitLab gitlab = new FakeGitLab();
    private final FakeGitaly gitaly = new FakeGitaly("gitaly-secret");
    private final GitLabClient gitlabClient = new GitLabClient(
            GitLabClientConfig.of(gitlab.url(), "gitlab-kas/test/0"),
            new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC()),
            system);
    private final GitalyClient gitalyClient =
            new GitalyClient(Optional.empty(), "gitlab-kas/test", Clock.systemUTC(), system);
    private final GitLabAgentTokens tokens =
            new GitLabAgentTokens(gitlabClient, GitLabAgentTokens.KEEP, GitLabAgentTokens.KEEP_REFUSAL, time, threads);
    private final ProjectPushes pushes = new ProjectPushes();
    private final ConnectedAgents connected = new ConnectedAgents(time.clock());
    private final ProjectConfigurations projects = new ProjectConfigurations(
            tokens,
            gitalyClient,
            gitlabClient,
            pushes,
            new ConfigurationConfig(Duration.ofMinutes(5), 1000, "https://gitlab.example.com"),
            time,
            new Random(1));
    /** What streams asked to be told at the end of their connection. */
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();

    private final ConfigurationService service = new ConfigurationService(
            tokens,
            projects,
            connected,
            told -> {
                ends.add(told);
                return () -> ends.remove(told);
            },
            time,
            new Random(1));
    private final LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(token -> true)), service);
    private final LoopbackGrpc api =
            new LoopbackGrpc(List.of(), new ConfigurationProjectService(gitalyClient, threads));
    private final FakeGitaly.Repository repository = gitaly.repository("@hashed/5.git");

    @BeforeEach
    void know() {
        gitlab.on(AGENT_INFO, request -> {
            String token = String.valueOf(request.header("Gitlab-Agent-Api-Request"));
            return token.startsWith("agent-")
                    ? Answer.json(
                            200,
                            Agents.agentInfoJson(
                                    Long.parseLong(token.substring(6)), 5, gitaly.address(), "gitaly-secret"))
                    : Answer.json(401, "{}");
        });
        gitlab.on(CONFIGURATION, Answer.empty(204));
    }

    @AfterEach
    void close() throws Exception {
        kas.close();
        api.close();
        projects.close();
        gitalyClient.close();
        gitlabClient.close();
        gitaly.close();
        gitlab.close();
        threads.shutdownNow();
        system.close();
    }

    /** A stream on which the program itself goes wrong. */
    private static final class Broken implements Subscriber {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public AgentToken token() {
            return new AgentToken("agent-7");
        }

        @Override
        public AgentInfo agent() {
            return Agents.agent(7, 5);
        }

        @Override
        public void agent(AgentInfo agent) {
            asked.incrementAndGet();
            throw new LinkageError("broken");
        }

        @Override
        public String commit() {
            return "";
        }

        @Override
        public void configured(Reading.Configured reading) {}

        @Override
        public void failed(Status status) {}
    }

    @Test
    void looksAgainAfterALookThatEndedInAnError() {
        Broken broken = new Broken();
        // The error itself ends its thread, which is right.
        await().dontCatchUncaughtExceptions().until(() -> {
            projects.add(broken);
            return broken.asked.get() > 1;
        });
        projects.remove(broken);
        await().dontCatchUncaughtExceptions().until(() -> projects.count() == 0);
    }

    /** A stream as an agent holds it. */
    private final class Stream implements StreamObserver<ConfigurationResponse> {
        private final BlockingQueue<ConfigurationResponse> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
        private final Context.CancellableContext context = Context.ROOT.withCancellation();

        Stream(String token, String commit, boolean skipRegister) {
            context.run(() -> AgentConfigurationGrpc.newStub(kas.channel(token))
                    .getConfiguration(
                            ConfigurationRequest.newBuilder()
                                    .setCommitId(commit)
                                    .setSkipRegister(skipRegister)
                                    .setAgentMeta(Agents.meta("v1"))
                                    .build(),
                            this));
        }

        @Override
        public void onNext(ConfigurationResponse message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            end.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.add(Status.OK);
        }

        ConfigurationResponse next() throws InterruptedException {
            ConfigurationResponse message = messages.poll(10, TimeUnit.SECONDS);
            assertThat(message).as("a message; the stream's end: %s", end).isNotNull();
            return message;
        }

        Status ended() throws InterruptedException {
            Status status = end.poll(10, TimeUnit.SECONDS);
            assertThat(status).as("an end").isNotNull();
            return status;
        }
    }

    private Stream stream(long agent, String commit) {
        return new Stream("agent-" + agent, commit, true);
    }

    private void pushed() {
        pushes.publish(new ProjectPushes.Push(5, "group/project-5"));
    }

    private long heads() {
        return gitaly.calls.stream().filter("InfoRefsUploadPack"::equals).count();
    }

    private long reads() {
        return gitaly.calls.stream().filter("TreeEntry"::equals).count();
    }

    private void awaitIdle() {
        await().until(() -> time.planned() == 1);
    }

    @Test
    void sendsTheConfigurationWithWhatOnlyKasKnows() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        ConfigurationResponse answer = stream(7, "").next();
        assertThat(answer.getCommitId()).isEqualTo(commit('a'));
        assertThat(answer.getConfiguration())
                .isEqualTo(AgentConfiguration.newBuilder()
                        .setAgentId(7)
                        .setProjectId(5)
                        .setProjectPath("group/project-5")
                        .setGitlabExternalUrl("https://gitlab.example.com")
                        .setFlux(answer.getConfiguration().getFlux())
                        .build());
        assertThat(answer.getConfiguration().getFlux().getWebhookReceiverUrl()).isEqualTo("http://one");
    }

    @Test
    void tellsGitLabWhatTheConfigurationSays() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, "user_access: {projects: [{id: a/b}]}"));
        stream(7, "").next();
        await().until(() -> gitlab.count(CONFIGURATION) == 1);
        assertThat(gitlab.requests().getLast().body())
                .isEqualTo("{\"agent_id\":\"7\",\"agent_config\":{\"user_access\":{\"projects\":[{\"id\":\"a/b\"}]}}}");
    }

    @Test
    void aReportThatFailsIsMadeAgainAtTheNextLook() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        gitlab.on(CONFIGURATION, Answer.empty(400));
        stream(7, "").next();
        await().until(() -> gitlab.count(CONFIGURATION) == 1);
        awaitIdle();
        gitlab.on(CONFIGURATION, Answer.empty(204));
        pushed();
        await().until(() -> gitlab.count(CONFIGURATION) == 2);
        awaitIdle();
        pushed();
        await().until(() -> heads() == 3);
        awaitIdle();
        assertThat(gitlab.count(CONFIGURATION)).isEqualTo(2);
    }

    @Test
    void aMissingFileIsAnEmptyConfiguration() throws Exception {
        repository.push("main", commit('a'), Map.of("README.md", "hello"));
        AgentConfiguration configuration = stream(7, "").next().getConfiguration();
        assertThat(configuration.getAgentId()).isEqualTo(7);
        assertThat(configuration.hasFlux()).isFalse();
    }

    @Test
    void aPushArrivesAtOnceAndAnythingElseAtTheNextPoll() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        Stream stream = stream(7, "");
        stream.next();
        awaitIdle();
        repository.push("main", commit('b'), Map.of(PATH, PLAIN.replace("one", "two")));
        pushed();
        assertThat(stream.next().getConfiguration().getFlux().getWebhookReceiverUrl())
                .isEqualTo("http://two");
        awaitIdle();
        repository.push("main", commit('c'), Map.of(PATH, PLAIN.replace("one", "three")));
        time.pass(Duration.ofSeconds(299));
        assertThat(stream.messages).isEmpty();
        time.pass(Duration.ofSeconds(1));
        assertThat(stream.next().getConfiguration().getFlux().getWebhookReceiverUrl())
                .isEqualTo("http://three");
    }

    @Test
    void theCommitTheAgentHasIsNotSentAgain() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        Stream stream = stream(7, commit('a'));
        await().until(() -> heads() == 1);
        awaitIdle();
        assertThat(stream.messages).isEmpty();
        assertThat(reads()).isZero();
        repository.push("main", commit('b'), Map.of(PATH, PLAIN));
        pushed();
        assertThat(stream.next().getCommitId()).isEqualTo(commit('b'));
    }

    @Test
    void anEmptyRepositoryLeavesTheStreamOpen() throws Exception {
        Stream stream = stream(7, "");
        await().until(() -> heads() == 1);
        awaitIdle();
        assertThat(stream.messages).isEmpty();
        assertThat(stream.end).isEmpty();
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        pushed();
        stream.next();
    }

    @Test
    void fallsBackToMasterAndFailsWhenThereIsNoneOfTheBranches() throws Exception {
        repository.push("master", commit('a'), Map.of(PATH, PLAIN));
        assertThat(stream(7, "").next().getCommitId()).isEqualTo(commit('a'));
        repository.refs.clear();
        repository.push("trunk", commit('b'), Map.of());
        Status end = stream(8, "").ended();
        assertThat(end.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(end.getDescription()).contains("group/project-5 has no branch main");
    }

    @Test
    void aConfigurationThatCannotBeUsedEndsTheStreamWithTheReason() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, "user_access:\n  project: []\n"));
        Status end = stream(7, "").ended();
        assertThat(end.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(end.getDescription())
                .contains(PATH + ":2:3: unknown key project in user_access; did you mean projects?");
        repository.push("main", commit('b'), Map.of(PATH, "# " + "x".repeat(2000)));
        assertThat(stream(7, "").ended().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void manyStreamsShareOneLookAndEachAgentOneReading() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN, OTHER_PATH, PLAIN));
        stream(7, "").next();
        awaitIdle();
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            streams.add(stream(i % 2 == 0 ? 7 : 8, commit('a')));
        }
        await().until(() -> gitlab.count(AGENT_INFO) == 2);
        await().until(() -> ends.size() == 21);
        await().untilAsserted(() -> assertThat(time.planned()).isOne());
        long before = heads();
        repository.push("main", commit('b'), Map.of(PATH, PLAIN, OTHER_PATH, PLAIN));
        pushed();
        for (Stream stream : streams) {
            assertThat(stream.next().getCommitId()).isEqualTo(commit('b'));
        }
        awaitIdle();
        assertThat(heads()).isEqualTo(before + 1);
        assertThat(reads()).isEqualTo(1 + 2);
        assertThat(projects.count()).isOne();
    }

    @Test
    void endsWellWhenTheConnectionIsOld() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        Stream stream = stream(7, "");
        stream.next();
        ends.getFirst().run();
        assertThat(stream.ended().isOk()).isTrue();
        await().until(() -> projects.count() == 0 && time.planned() == 0);
        assertThat(ends).isEmpty();
    }

    @Test
    void anAgentThatLeavesIsForgotten() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        Stream stream = new Stream("agent-7", "", false);
        stream.next();
        assertThat(connected.count()).isOne();
        time.pass(Duration.ofSeconds(299));
        stream.context.cancel(null);
        await().until(() -> projects.count() == 0 && connected.count() == 0);
        await().until(() -> ends.isEmpty());
    }

    @Test
    void aRevokedTokenEndsTheStreamAtTheNextLook() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        Stream stream = stream(7, "");
        Stream other = stream(8, "");
        stream.next();
        other.next();
        await().until(() -> time.planned() == 1);
        gitlab.on(
                AGENT_INFO,
                request -> "agent-8".equals(request.header("Gitlab-Agent-Api-Request"))
                        ? Answer.json(200, Agents.agentInfoJson(8, 5, gitaly.address(), "gitaly-secret"))
                        : Answer.json(401, "{}"));
        tokens.changed(new AccessChanges(1, false, false, Set.of(), Set.of(7L), Set.of()));
        pushed();
        assertThat(stream.ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(other.end).isEmpty();
    }

    @Test
    void anUnknownTokenIsRefused() throws Exception {
        assertThat(new Stream("nobody", "", true).ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        await().until(() -> ends.isEmpty());
    }

    @Test
    void aGitLabThatIsAwayIsAskedAgainWithoutTellingTheAgent() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        gitlab.on(AGENT_INFO, Answer.empty(503));
        Stream stream = stream(7, "");
        await().until(() -> time.planned() == 1);
        assertThat(stream.end).isEmpty();
        know();
        time.pass(Duration.ofSeconds(15));
        stream.next();
    }

    @Test
    void aGitalyThatIsAwayIsAskedAgainWithoutTellingTheAgent() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        gitaly.failure = Status.UNAVAILABLE;
        Stream stream = stream(7, "");
        await().until(() -> time.planned() == 1);
        assertThat(stream.end).isEmpty();
        gitaly.failure = Status.OK;
        time.pass(Duration.ofSeconds(15));
        stream.next();
    }

    /** The whole way as in production: the real port with a short connection age, and the channel that agentk uses. */
    @Test
    void streamsOfTheRealListenerEndWellWithAgeAndComeAgain() throws Exception {
        repository.push("main", commit('a'), Map.of(PATH, PLAIN));
        ConfigurationService real =
                new ConfigurationService(tokens, projects, connected, StreamEnd.ofConnection(), time, new Random(1));
        ConnectionAge age = new ConnectionAge(
                Duration.ofSeconds(1), Duration.ofMillis(1500), Duration.ZERO, Duration.ofSeconds(20));
        EventLoops loops = EventLoops.of(1, "test-grpc");
        GrpcListener listener = new GrpcListener(
                GrpcListenerConfig.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .withAge(age),
                loops,
                List.of(real.bindService()),
                List.of(ConnectionLife.interceptor(), new AgentCallAuth(token -> true)),
                new Random(1));
        listener.start();
        AgentChannel channel = AgentChannel.open(
                KasAddress.parse("ws://127.0.0.1:" + listener.address().getPort() + "/"),
                AgentChannelConfig.of("gitlab-agent/test", () -> "agent-7"),
                loops,
                ConnectionListener.NONE,
                system,
                new Random(1));
        BlockingQueue<String> commits = new LinkedBlockingQueue<>();
        ConfigurationWatch watch = new ConfigurationWatch(
                new AuthenticatedChannel(channel, () -> new AgentToken("agent-7")),
                Agents.meta("v1"),
                (configuration, commitId) -> commits.add(commitId),
                system,
                new Random(1));
        try {
            watch.start();
            assertThat(commits.poll(10, TimeUnit.SECONDS)).isEqualTo(commit('a'));
            long before = heads();
            // Each new stream looks at once; the old one ended with OK, else the watch would wait some seconds.
            await().until(() -> heads() >= before + 2);
            repository.push("main", commit('b'), Map.of(PATH, PLAIN));
            pushed();
            assertThat(commits.poll(10, TimeUnit.SECONDS)).isEqualTo(commit('b'));
            assertThat(commits).isEmpty();
        } finally {
            watch.close();
            channel.cut();
            listener.close();
            loops.close();
        }
    }

    @Test
    void listsConfigurationFilesForGitLab() {
        repository.push(
                "main",
                commit('a'),
                Map.of(
                        PATH,
                        "x",
                        OTHER_PATH,
                        "x",
                        ".gitlab/agents/Upper/config.yaml",
                        "x",
                        ".gitlab/agents/a/b/config.yaml",
                        "x",
                        ".gitlab/agents/a/config.yml",
                        "x",
                        ".gitlab/agents/-a/config.yaml",
                        "x"));
        var stub = ConfigurationProjectGrpc.newBlockingStub(api.channel());
        ListAgentConfigFilesRequest.Builder request = ListAgentConfigFilesRequest.newBuilder()
                .setDefaultBranch("main")
                .setGitalyInfo(
                        GitalyInfo.newBuilder().setAddress(gitaly.address()).setToken("gitaly-secret"))
                .setRepository(GitalyRepository.newBuilder()
                        .setStorageName("default")
                        .setRelativePath("@hashed/5.git")
                        .setGlRepository("project-5")
                        .setGlProjectPath("group/project-5"));
        assertThat(stub.listAgentConfigFiles(request.build()).getConfigFilesList())
                .extracting(file -> file.getName() + " " + file.getAgentName())
                .containsExactlyInAnyOrder(PATH + " agent-7", OTHER_PATH + " agent-8");
        assertThatThrownBy(() -> stub.listAgentConfigFiles(ListAgentConfigFilesRequest.getDefaultInstance()))
                .hasMessageContaining("INVALID_ARGUMENT: gitaly_info.address is empty");
        gitaly.failure = Status.INTERNAL;
        assertThatThrownBy(() -> stub.listAgentConfigFiles(request.build())).hasMessageContaining("UNAVAILABLE");
    }
}
