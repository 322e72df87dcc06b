package io.fairlead.link.flux.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabClientConfig;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.fake.FakeGitLab.Answer;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.flux.rpc.GitLabFluxGrpc;
import io.fairlead.link.flux.rpc.Project;
import io.fairlead.link.flux.rpc.ReconcileProjectsRequest;
import io.fairlead.link.flux.rpc.ReconcileProjectsResponse;
import io.fairlead.link.identity.kas.AgentCallAuth;
import io.fairlead.link.identity.kas.GitLabAgentTokens;
import io.fairlead.link.identity.kas.GitLabProjectReaders;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.testing.time.ManualTime;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real gRPC to the agent, real HTTP to GitLab. */
class FluxServiceTest {
    private static final String VERIFY = "GET /api/v4/internal/kubernetes/verify_project_access";

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
    private final GitLabProjectReaders readers = new GitLabProjectReaders(client, time, threads);
    private final ProjectPushes pushes = new ProjectPushes();
    /** What streams asked to be told at the end of their connection. */
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();

    private final FluxService service = new FluxService(tokens, readers, pushes, told -> {
        ends.add(told);
        return () -> ends.remove(told);
    });
    private final LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(token -> true)), service);
    /** What GitLab answers about each project. */
    private volatile int verdict = 204;

    @BeforeEach
    void know() {
        gitlab.on("GET /api/v4/internal/kubernetes/agent_info", request -> {
            String token = String.valueOf(request.header("Gitlab-Agent-Api-Request"));
            return token.startsWith("agent-")
                    ? Answer.json(
                            200, Agents.agentInfoJson(Long.parseLong(token.substring(6)), 5, "tcp://127.0.0.1:1", ""))
                    : Answer.json(401, "{}");
        });
        gitlab.on(VERIFY, request -> Answer.empty(verdict));
    }

    @AfterEach
    void close() {
        kas.close();
        client.close();
        gitlab.close();
        threads.shutdownNow();
        system.close();
    }

    /** A stream as an agent holds it. */
    private final class Stream implements ClientResponseObserver<ReconcileProjectsRequest, ReconcileProjectsResponse> {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
        private final Context.CancellableContext context = Context.ROOT.withCancellation();
        private final boolean reads;
        private @Nullable ClientCallStreamObserver<ReconcileProjectsRequest> call;

        Stream(String token, boolean reads, List<String> projects) {
            this.reads = reads;
            ReconcileProjectsRequest.Builder request = ReconcileProjectsRequest.newBuilder();
            projects.forEach(path -> request.addProject(Project.newBuilder().setId(path)));
            context.run(() -> GitLabFluxGrpc.newStub(kas.channel(token)).reconcileProjects(request.build(), this));
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ReconcileProjectsRequest> stream) {
            call = stream;
            if (!reads) {
                stream.disableAutoRequestWithInitial(0);
            }
        }

        void read(int count) {
            Objects.requireNonNull(call).request(count);
        }

        @Override
        public void onNext(ReconcileProjectsResponse message) {
            told.add(message.getProject().getId());
        }

        @Override
        public void onError(Throwable failure) {
            end.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.add(Status.OK);
        }

        String next() throws InterruptedException {
            String project = told.poll(10, TimeUnit.SECONDS);
            assertThat(project).as("a project; the stream's end: %s", end).isNotNull();
            return project;
        }

        Status ended() throws InterruptedException {
            Status status = end.poll(10, TimeUnit.SECONDS);
            assertThat(status).as("an end").isNotNull();
            return status;
        }
    }

    /** A stream that has begun: kas knows of it. */
    private Stream following(long agent, String... projects) {
        int before = service.followed();
        Stream stream = new Stream("agent-" + agent, true, Arrays.asList(projects));
        await().until(() -> service.followed() > before);
        return stream;
    }

    private void push(String path) {
        pushes.publish(new ProjectPushes.Push(1, path));
    }

    @Test
    void tellsOfAPushToAProjectThatIsFollowed() throws Exception {
        Stream stream = following(7, "group/app", "group/other");
        push("group/unfollowed");
        push("group/app");
        push("group/other");
        assertThat(List.of(stream.next(), stream.next())).containsExactlyInAnyOrder("group/app", "group/other");
        assertThat(stream.told).isEmpty();
        assertThat(gitlab.requests().stream().map(FakeGitLab.Recorded::query)).contains("id=group%2Fapp");
    }

    @Test
    void knowsAProjectInWhateverCaseTheAgentWritesIt() throws Exception {
        Stream stream = following(7, "Group/App");
        push("group/app");
        assertThat(stream.next()).isEqualTo("Group/App");
    }

    @Test
    void tellsNothingOfAProjectThatTheAgentMayNotRead() {
        verdict = 404;
        Stream stream = following(7, "group/secret");
        push("group/secret");
        await().until(() -> gitlab.count(VERIFY) == 1);
        push("group/secret");
        await().during(200, TimeUnit.MILLISECONDS).until(stream.told::isEmpty);
        assertThat(gitlab.count(VERIFY)).as("the refusal is remembered").isEqualTo(1);
    }

    @Test
    void asksAgainWhenRightsHaveChanged() throws Exception {
        Stream stream = following(7, "group/app");
        push("group/app");
        stream.next();
        verdict = 404;
        readers.changed(AccessChanges.everything(1));
        push("group/app");
        await().until(() -> gitlab.count(VERIFY) == 2);
        await().during(200, TimeUnit.MILLISECONDS).until(stream.told::isEmpty);
    }

    @Test
    void tellsAnAgentThatReadsSlowlyOfEachProjectOnceMore() throws Exception {
        int count = 100;
        int rounds = 40;
        List<String> projects = IntStream.range(0, count)
                .mapToObj(i -> "group/" + "a".repeat(1000) + i)
                .toList();
        Stream slow = new Stream("agent-7", false, projects);
        await().until(() -> service.followed() > 0);
        projects.forEach(this::push);
        await().until(() -> gitlab.count(VERIFY) == count);
        for (int round = 1; round < rounds; round++) {
            projects.forEach(this::push);
        }
        slow.read(Integer.MAX_VALUE);
        await().until(() -> slow.told.containsAll(projects));
        // The connection holds 1 MiB by itself, a thousand of these; beyond it each project waits once.
        await().during(200, TimeUnit.MILLISECONDS).until(() -> slow.told.size() < rounds * count / 2);
    }

    @Test
    void refusesWhoItDoesNotKnow() throws Exception {
        Stream stranger = new Stream("wrong", true, List.of("group/app"));
        assertThat(stranger.ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(service.followed()).isZero();
    }

    @Test
    void refusesListsThatCannotBeMeant() throws Exception {
        Status empty = new Stream("agent-7", true, List.of("group/app", "")).ended();
        assertThat(empty.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(empty.getDescription()).contains("one has 0");
        Status many = new Stream(
                        "agent-7",
                        true,
                        IntStream.rangeClosed(0, FluxService.PROJECTS_MAX)
                                .mapToObj(i -> "group/" + i)
                                .toList())
                .ended();
        assertThat(many.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(many.getDescription()).contains("10001");
    }

    @Test
    void boundsWhatOneAgentFollows() throws Exception {
        List<String> full = IntStream.range(0, FluxService.PROJECTS_MAX)
                .mapToObj(i -> "group/" + i)
                .toList();
        for (int i = 0; i < 4; i++) {
            Stream whole = new Stream("agent-7", true, full);
            await().until(() -> {
                push("group/1");
                return !whole.told.isEmpty();
            });
        }
        Status fifth = new Stream("agent-7", true, List.of("group/app")).ended();
        assertThat(fifth.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        Stream other = following(8, "group/app");
        push("group/app");
        assertThat(other.next()).isEqualTo("group/app");
    }

    @Test
    void endsWellWhenTheConnectionIsOld() throws Exception {
        Stream stream = following(7, "group/app");
        ends.forEach(Runnable::run);
        assertThat(stream.ended()).isEqualTo(Status.OK);
        await().until(() -> service.followed() == 0);
        assertThat(ends).isEmpty();
    }

    @Test
    void forgetsAnAgentThatIsGone() {
        Stream stream = following(7, "group/app");
        stream.context.cancel(null);
        await().until(() -> service.followed() == 0);
        assertThat(ends).isEmpty();
    }
}
