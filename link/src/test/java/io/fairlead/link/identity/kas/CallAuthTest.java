package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.fake.LoopbackGrpc;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.notifications.kas.NotificationsService;
import io.fairlead.link.notifications.rpc.GitPushEvent;
import io.fairlead.link.notifications.rpc.GitPushEventRequest;
import io.fairlead.link.notifications.rpc.NotificationsGrpc;
import io.fairlead.link.notifications.rpc.Project;
import io.fairlead.link.registrar.kas.RegistrarService;
import io.fairlead.link.registrar.rpc.AgentRegistrarGrpc;
import io.fairlead.link.registrar.rpc.RegisterRequest;
import io.fairlead.link.routing.OtherKas;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.loop.EventLoops;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallAuthTest {
    private static final GitPushEventRequest PUSH = GitPushEventRequest.newBuilder()
            .setEvent(GitPushEvent.newBuilder()
                    .setProject(Project.newBuilder().setId(5).setFullPath("group/project")))
            .build();

    private final ManualTime time = new ManualTime();
    private final AgentConnectionRate rate = new AgentConnectionRate(2, time.clock());
    private final ConnectedAgents connected = new ConnectedAgents(time.clock());
    private final List<AgentToken> asked = new ArrayList<>();
    private final RegistrarService registrar = new RegistrarService(
            token -> {
                asked.add(token);
                return CompletableFuture.completedFuture(Agents.agent(7, 5));
            },
            connected);

    private static Channel with(Channel channel, String... authorizations) {
        return ClientInterceptors.intercept(channel, new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<A> listener, Metadata headers) {
                        for (String value : authorizations) {
                            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), value);
                        }
                        super.start(listener, headers);
                    }
                };
            }
        });
    }

    private static void register(Channel channel) {
        AgentRegistrarGrpc.newBlockingStub(channel)
                .register(RegisterRequest.newBuilder().setPodId(1).build());
    }

    @Test
    void takesTheAgentsTokenWhateverTheCaseOfTheScheme() {
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), registrar)) {
            register(with(kas.channel(), "bEARER glagent-1"));
            register(kas.channel("glagent-1"));
            assertThat(asked).containsOnly(new AgentToken("glagent-1"));
            assertThat(connected.count()).isOne();
        }
    }

    /** Found by attacking it: each pod's versions and labels are kept, so an agent could fill the memory with them. */
    @Test
    void keepsNoMoreOfAPodThanItsNamesNeed() {
        RegisterRequest huge = RegisterRequest.newBuilder()
                .setPodId(1)
                .setAgentMeta(AgentMeta.newBuilder().setVersion("v".repeat(100_000)))
                .build();
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), registrar)) {
            assertThatThrownBy(() -> AgentRegistrarGrpc.newBlockingStub(kas.channel("one"))
                            .register(huge))
                    .hasMessageContaining("INVALID_ARGUMENT")
                    .hasMessageContaining("agent_meta");
            assertThat(connected.count()).isZero();
        }
    }

    @Test
    void refusesCallsWithoutATokenOrWithSeveral() {
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), registrar)) {
            List<Channel> channels = List.of(
                    kas.channel(),
                    with(kas.channel(), "Basic abc"),
                    with(kas.channel(), "Bearer "),
                    with(kas.channel(), "Bearer a", "Bearer b"));
            for (Channel channel : channels) {
                assertThatThrownBy(() -> register(channel)).hasMessageContaining("UNAUTHENTICATED: no agent token");
            }
            assertThat(asked).isEmpty();
        }
    }

    /** Found by attacking it: GitLab answered 431 to a long one, and kas asked for ever. */
    @Test
    void refusesWhatIsNoTokenWithoutAsking() {
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), registrar)) {
            assertThatThrownBy(() -> register(kas.channel("x".repeat(4097))))
                    .hasMessageContaining("UNAUTHENTICATED: the agent token has 4097 characters");
            assertThatThrownBy(() -> register(kas.channel("two words"))).hasMessageContaining("UNAUTHENTICATED");
            assertThat(asked).isEmpty();
            register(kas.channel("x".repeat(4096)));
        }
    }

    @Test
    void countsAConnectionOnceHoweverManyCallsItCarries() throws Exception {
        try (EventLoops loops = EventLoops.of(1, "listener");
                GrpcListener kas = new GrpcListener(
                        GrpcListenerConfig.at(new InetSocketAddress("127.0.0.1", 0)),
                        loops,
                        List.of(registrar.bindService()),
                        List.of(new AgentCallAuth(rate)),
                        new Random(1))) {
            kas.start();
            String address = "127.0.0.1:" + kas.address().getPort();
            for (int connection = 0; connection < 2; connection++) {
                ManagedChannel channel = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                        .build();
                for (int call = 0; call < 5; call++) {
                    register(with(channel, "Bearer one"));
                }
                register(with(channel, "Bearer two"));
                channel.shutdownNow();
            }
            ManagedChannel third = Grpc.newChannelBuilder(address, InsecureChannelCredentials.create())
                    .build();
            assertThatThrownBy(() -> register(with(third, "Bearer one"))).hasMessageContaining("RESOURCE_EXHAUSTED");
            third.shutdownNow();
        }
    }

    @Test
    void countsEachTokenByTheMinute() {
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), registrar)) {
            register(kas.channel("one"));
            register(kas.channel("one"));
            assertThatThrownBy(() -> register(kas.channel("one"))).hasMessageContaining("RESOURCE_EXHAUSTED");
            register(kas.channel("two"));
            assertThat(rate.refused()).isOne();
            time.pass(Duration.ofMinutes(1));
            register(kas.channel("one"));
        }
    }

    @Test
    void anAgentReachesNoMethodThatIsForGitLab() {
        NotificationsService notifications = new NotificationsService(new ProjectPushes(), OtherKas.NONE);
        try (LoopbackGrpc kas = new LoopbackGrpc(List.of(new AgentCallAuth(rate)), notifications)) {
            assertThatThrownBy(() -> NotificationsGrpc.newBlockingStub(kas.channel("one"))
                            .gitPushEvent(PUSH))
                    .hasMessageContaining("PERMISSION_DENIED")
                    .hasMessageContaining("is not for agents");
        }
    }

    @Test
    void onlyGitLabReachesTheApi() {
        KasJwt jwt = new KasJwt(KasSecret.ofBytes(new byte[32], "test"), Clock.systemUTC());
        List<ProjectPushes.Push> seen = new ArrayList<>();
        ProjectPushes pushes = new ProjectPushes();
        pushes.listen(push -> {
            throw new IllegalStateException("a listener that fails");
        });
        pushes.listen(seen::add);
        try (LoopbackGrpc kas = new LoopbackGrpc(
                List.of(JwtCallAuth.ofGitLab(jwt)), new NotificationsService(pushes, OtherKas.NONE), registrar)) {
            var good = NotificationsGrpc.newBlockingStub(
                    with(kas.channel(), "bearer " + jwt.fromGitLabToKas("gitlab.example.com")));
            assertThatCode(() -> good.gitPushEvent(PUSH)).doesNotThrowAnyException();
            assertThat(seen).containsExactly(new ProjectPushes.Push(5, "group/project"));
            assertThatThrownBy(() -> good.gitPushEvent(GitPushEventRequest.getDefaultInstance()))
                    .hasMessageContaining("INVALID_ARGUMENT");
            assertThatThrownBy(() ->
                            NotificationsGrpc.newBlockingStub(kas.channel()).gitPushEvent(PUSH))
                    .hasMessageContaining("UNAUTHENTICATED: JWT validation failed");
            assertThatThrownBy(() -> NotificationsGrpc.newBlockingStub(kas.channel(jwt.fromKasToGitLab()))
                            .gitPushEvent(PUSH))
                    .hasMessageContaining("audience");
            assertThatThrownBy(() -> register(kas.channel(jwt.fromGitLabToKas("gitlab"))))
                    .hasMessageContaining("PERMISSION_DENIED");
        }
    }
}
