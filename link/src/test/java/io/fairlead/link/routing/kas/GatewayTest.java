package io.fairlead.link.routing.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import io.fairlead.link.identity.BearerToken;
import io.fairlead.link.routing.InMemoryKasBoard;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.kas.TunnelStreams;
import io.fairlead.link.tunnel.rpc.GatewayCodec;
import io.fairlead.link.tunnel.rpc.GatewayFrame;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kas lends to another, message by message, and to nobody else. */
class GatewayTest {
    private static final String SERVICE = "gitlab.agent.kubernetes_api.rpc.KubernetesApi";
    private static final String METHOD = "MakeRequest";

    @TempDir
    Path folder;

    private final SystemScheduler scheduler = new SystemScheduler("test-gateway");
    private final ExecutorService threads = VirtualThreads.perTask("test-gateway");
    private KasJwt jwt;
    private Replica kas;
    private ManagedChannel channel;

    /** What the other kas hears. */
    private static final class Heard extends ClientCall.Listener<GatewayFrame> {
        final List<GatewayFrame> frames = new CopyOnWriteArrayList<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onMessage(GatewayFrame frame) {
            frames.add(frame);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(status);
        }

        Status ended() throws Exception {
            return end.get(10, TimeUnit.SECONDS);
        }
    }

    @BeforeEach
    void open() throws Exception {
        jwt = jwt("secret", new byte[32]);
        InMemoryKasBoard board = new InMemoryKasBoard(Duration.ofSeconds(3), scheduler);
        kas = new Replica("kas-a", board, jwt, SERVICE, METHOD, scheduler, threads);
        channel = Grpc.newChannelBuilder("127.0.0.1:" + kas.place.url().getPort(), InsecureChannelCredentials.create())
                .build();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        kas.close();
        threads.shutdownNow();
        scheduler.close();
    }

    private KasJwt jwt(String name, byte[] key) throws Exception {
        Path file = Files.writeString(folder.resolve(name), Base64.getEncoder().encodeToString(key));
        return new KasJwt(KasSecret.read(file), Clock.systemUTC());
    }

    private ClientCall<OutgoingMessage, GatewayFrame> call(Heard heard, Metadata headers) {
        ClientCall<OutgoingMessage, GatewayFrame> call =
                channel.newCall(GatewayCodec.called(SERVICE, METHOD), CallOptions.DEFAULT);
        call.start(heard, headers);
        call.request(10);
        return call;
    }

    private Metadata signed(long agentId) {
        Metadata headers = RoutingMetadata.of(agentId);
        BearerToken.put(headers, jwt.fromKasToKas());
        return headers;
    }

    @Test
    void letsNobodyInWhoIsNoKas() throws Exception {
        Metadata unsigned = RoutingMetadata.of(7);
        Metadata foreign = RoutingMetadata.of(7);
        byte[] other = new byte[32];
        other[0] = 1;
        BearerToken.put(foreign, jwt("other", other).fromKasToKas());
        // The same secret by mistake does not make GitLab a kas.
        Metadata gitlab = RoutingMetadata.of(7);
        BearerToken.put(gitlab, jwt.fromGitLabToKas("gitlab.example.com"));
        Metadata toGitLab = RoutingMetadata.of(7);
        BearerToken.put(toGitLab, jwt.fromKasToGitLab());
        TunnelStreams.Stream stream = TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD);
        for (Metadata headers : List.of(unsigned, foreign, gitlab, toGitLab)) {
            Heard heard = new Heard();
            call(heard, headers);
            assertThat(heard.ended().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(heard.frames).isEmpty();
        }
        assertThat(stream.heard()).isEmpty();
        assertThat(kas.tunnels.idleStreams(7)).isEqualTo(1);
    }

    @Test
    void wantsToKnowWhichAgent() throws Exception {
        for (String id : List.of("", "seven", "7,8")) {
            Metadata headers = new Metadata();
            headers.put(Metadata.Key.of("kas-hop-routing-agent-id", Metadata.ASCII_STRING_MARSHALLER), id);
            BearerToken.put(headers, jwt.fromKasToKas());
            Heard heard = new Heard();
            call(heard, headers);
            assertThat(heard.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void saysThatThereIsNoneAndThenThatThereIs() throws Exception {
        // Known and just gone: the agent may come back.
        TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD).lose();
        Heard heard = new Heard();
        ClientCall<OutgoingMessage, GatewayFrame> call = call(heard, signed(7));
        await().until(() -> heard.frames.equals(List.of(new GatewayFrame.NoneYet())));
        TunnelStreams.Stream another = TunnelStreams.open(kas.tunnels, 8, SERVICE, METHOD);
        TunnelStreams.Stream stream = TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD);
        await().until(() -> heard.frames.size() == 2);
        assertThat(heard.frames.get(1)).isEqualTo(new GatewayFrame.Found(Set.of(SERVICE + "/" + METHOD)));

        call.sendMessage(GatewayCodec.empty());
        call.sendMessage(OutgoingMessage.whole("the request".getBytes(StandardCharsets.UTF_8)));
        await().until(() -> stream.heard().equals(List.of("the request")));
        assertThat(heard.frames.get(2)).isEqualTo(new GatewayFrame.Head());
        assertThat(another.heard()).isEmpty();
        assertThat(stream.opening())
                .contains(METHOD)
                .as("nothing of what kas tells kas")
                .doesNotContain("authorization", "kas-hop", "Bearer");

        stream.lose();
        assertThat(heard.ended().isOk()).isTrue();
        assertThat(heard.frames.get(3)).isEqualTo(new GatewayFrame.Trail());
        assertThat(heard.frames.get(4))
                .isInstanceOfSatisfying(
                        GatewayFrame.Failed.class,
                        failed -> assertThat(failed.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void givesATunnelBackThatIsNotUsed() throws Exception {
        TunnelStreams.Stream stream = TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD);
        Heard ends = new Heard();
        ClientCall<OutgoingMessage, GatewayFrame> ending = call(ends, signed(7));
        await().until(() -> ends.frames.size() == 1);
        assertThat(kas.tunnels.idleStreams(7)).isZero();
        ending.halfClose();
        assertThat(ends.ended().isOk()).isTrue();
        await().until(() -> kas.tunnels.idleStreams(7) == 1);

        Heard leaves = new Heard();
        ClientCall<OutgoingMessage, GatewayFrame> leaving = call(leaves, signed(7));
        await().until(() -> leaves.frames.size() == 1);
        leaving.cancel("the request has gone", null);
        await().until(() -> kas.tunnels.idleStreams(7) == 1);
        assertThat(stream.heard()).isEmpty();
    }

    @Test
    void refusesAMessageThatComesTooEarly() throws Exception {
        TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD).lose();
        Heard heard = new Heard();
        ClientCall<OutgoingMessage, GatewayFrame> call = call(heard, signed(7));
        call.sendMessage(OutgoingMessage.whole("early".getBytes(StandardCharsets.UTF_8)));
        assertThat(heard.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        TunnelStreams.Stream stream = TunnelStreams.open(kas.tunnels, 7, SERVICE, METHOD);
        assertThat(kas.tunnels.idleStreams(7)).isEqualTo(1);
        assertThat(stream.heard()).isEmpty();
    }
}
