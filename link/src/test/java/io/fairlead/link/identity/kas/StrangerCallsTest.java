package io.fairlead.link.identity.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.net.TrustedProxies;
import io.fairlead.link.fake.Agents;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.fairlead.link.identity.AgentTokens;
import io.fairlead.link.identity.BearerToken;
import io.fairlead.link.registrar.kas.RegistrarService;
import io.fairlead.link.registrar.rpc.AgentRegistrarGrpc;
import io.fairlead.link.registrar.rpc.RegisterRequest;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.testing.RawSocket;
import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.grpc.KasAddress;
import io.fairlead.wire.loop.EventLoops;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections on a real port, of which strangers keep none. */
class StrangerCallsTest {
    private static final Duration TOKEN_WITHIN = Duration.ofSeconds(1);
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    private final ManualTime time = new ManualTime();
    private final Set<String> good = ConcurrentHashMap.newKeySet();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final EventLoops loops = EventLoops.of(1, "listener");
    private final AgentTokens tokens = token -> good.contains(token.secret())
            ? CompletableFuture.completedFuture(Agents.agent(7, 5))
            : CompletableFuture.<AgentInfo>failedFuture(status(token).asRuntimeException());
    private GrpcListener kas;

    private static Status status(AgentToken token) {
        return token.secret().startsWith("later") ? Status.UNAVAILABLE : Status.UNAUTHENTICATED;
    }

    @BeforeEach
    void start() throws Exception {
        kas = new GrpcListener(
                GrpcListenerConfig.at(new InetSocketAddress("127.0.0.1", 0))
                        .withDrainGrace(Duration.ZERO)
                        .withStrangers(new GrpcListenerConfig.Strangers(
                                4, Optional.of(TOKEN_WITHIN), TrustedProxies.LOOPBACK)),
                loops,
                List.of(new RegistrarService(tokens, new ConnectedAgents(time.clock())).bindService()),
                List.of(
                        new AgentCallAuth(token -> true),
                        new StrangerCalls(tokens, new RefusedCredentials(new RefusedCredentials.Limit(3, 1), time))),
                new Random(1));
        kas.start();
        good.add("good");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closing : open) {
            closing.close();
        }
        kas.close();
        loops.close();
    }

    private RawSocket connect() throws Exception {
        RawSocket socket = RawSocket.connect(kas.address());
        open.add(socket);
        return socket.send(PREFACE).send(SETTINGS);
    }

    private ManagedChannel channel() {
        ManagedChannel channel = Grpc.newChannelBuilder(
                        "127.0.0.1:" + kas.address().getPort(), InsecureChannelCredentials.create())
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }

    private static void register(Channel channel, String token) {
        Metadata headers = new Metadata();
        BearerToken.put(headers, token);
        AgentRegistrarGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .register(RegisterRequest.newBuilder().setPodId(1).build());
    }

    /** Found by attacking it: such a connection was kept for two hours. */
    @Test
    void whoShowsNoTokenIsCutOff() throws Exception {
        RawSocket silent = connect();
        await().until(() -> kas.connections() == 1);
        byte[] read = silent.readSome(1000);
        while (read.length > 0) {
            read = silent.readSome(1000);
        }
        await().until(() -> kas.connections() == 0);
    }

    @Test
    void whoShowsOnlyWrongTokensIsCutOffToo() {
        ManagedChannel channel = channel();
        assertThatThrownBy(() -> register(channel, "wrong")).hasMessageContaining("UNAUTHENTICATED");
        assertThat(kas.connections()).isOne();
        await().until(() -> kas.connections() == 0);
    }

    @Test
    void anAgentStaysAndOneThatCannotBeDecidedYetToo() throws Exception {
        ManagedChannel agent = channel();
        ManagedChannel undecided = channel();
        register(agent, "good");
        assertThatThrownBy(() -> register(undecided, "later")).hasMessageContaining("UNAVAILABLE");
        RawSocket silent = connect();
        await().until(() -> kas.connections() == 3);
        await().until(() -> kas.connections() == 2);
        Thread.sleep(TOKEN_WITHIN.toMillis());
        assertThat(kas.connections()).isEqualTo(2);
        good.add("later");
        Thread.sleep(TOKEN_WITHIN.multipliedBy(2).toMillis());
        register(undecided, "later");
        register(agent, "good");
        assertThat(kas.connections()).isEqualTo(2);
        silent.close();
    }

    @Test
    void connectionsBeyondTheLimitAreClosedAtOnce() throws Exception {
        ManagedChannel agent = channel();
        register(agent, "good");
        for (int i = 0; i < 3; i++) {
            RawSocket.connect(kas.address()).send(PREFACE);
        }
        List<RawSocket> kept = new ArrayList<>();
        await().until(() -> {
            RawSocket socket = RawSocket.connect(kas.address());
            kept.add(socket);
            open.add(socket);
            return socket.send(PREFACE).ends();
        });
        register(agent, "good");
        await().until(() -> kas.connections() == 1);
        register(channel(), "good");
    }

    @Test
    void anAddressThatShowsManyWrongTokensIsNotAskedAboutAnyMore() {
        ManagedChannel channel = channel();
        register(channel(), "good");
        for (int i = 0; i < 3; i++) {
            String wrong = "wrong" + i;
            assertThatThrownBy(() -> register(channel, wrong)).hasMessageContaining("UNAUTHENTICATED");
        }
        good.add("unknown");
        assertThatThrownBy(() -> register(channel, "unknown"))
                .hasMessageContaining("RESOURCE_EXHAUSTED")
                .hasMessageContaining("127.0.0.1");
        register(channel(), "good");
        time.pass(Duration.ofSeconds(1));
        register(channel(), "unknown");
    }

    /** As behind the server's public listener or an ingress, where all agents come from one address. */
    @Test
    void behindATrustedProxyEachClientIsItsOwn() throws Exception {
        Channel hostile = webSocket("198.51.100.7");
        for (int i = 0; i < 3; i++) {
            String wrong = "wrong" + i;
            assertThatThrownBy(() -> register(hostile, wrong)).hasMessageContaining("UNAUTHENTICATED");
        }
        assertThatThrownBy(() -> register(hostile, "wrong")).hasMessageContaining("from 198.51.100.7");
        register(webSocket("198.51.100.8"), "good");
    }

    private Channel webSocket(String client) throws Exception {
        NamingProxy proxy = new NamingProxy(kas.address(), client);
        AgentChannel channel = AgentChannel.open(
                KasAddress.parse("ws://127.0.0.1:" + proxy.port()),
                AgentChannelConfig.of("gitlab-agent/test", () -> "unused"),
                loops,
                ConnectionListener.NONE,
                time,
                new Random(1));
        open.add(() -> {
            channel.cut();
            channel.close();
            proxy.close();
        });
        return channel;
    }
}
