package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.kubeapi.rpc.HttpFrames;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelListener;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.ConnectResponse;
import io.fairlead.link.tunnel.rpc.Descriptor;
import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.RequestInfo;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A request of which only a part comes is never taken for a whole one, and leaves nothing waiting. */
@ExtendWith(NoLeaks.class)
class HalfRequestTest {
    private Line line;

    @BeforeEach
    void open() throws Exception {
        line = new Line("grpc");
    }

    @AfterEach
    void close() throws Exception {
        await().until(() -> line.counters.inFlight() == 0);
        line.close();
    }

    @Test
    void halfCloseAfterADataFrameBreaksTheRequestOff() throws Exception {
        line.connected();
        Kas kas = new Kas();
        line.tunnels.acquire(Line.AGENT_ID, KubernetesApi.SERVICE, KubernetesApi.METHOD, kas);
        TunnelCall call = kas.call.get(5, TimeUnit.SECONDS);
        assertThat(call.open(requestInfo(), kas)).isTrue();
        call.request(10);
        call.send(HttpFrames.head(Grpctool.HttpRequest.Header.newBuilder()
                .setRequest(Prototool.HttpRequest.newBuilder().setMethod("POST").setUrlPath("/hash"))
                .setContentLength(-1)
                .build()));
        call.send(HttpFrames.data(Unpooled.copiedBuffer("half", StandardCharsets.UTF_8)));
        await().until(() -> line.api.heads.size() == 1);
        call.halfClose();

        Status end = kas.end.get(5, TimeUnit.SECONDS);
        assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(end.getDescription()).contains("the stream ended after data");
        // The stand-in closes a connection whose body broke off; had it seen a last chunk it would keep it.
        await().until(() -> line.api.open.get() == 0);
    }

    @Test
    void aBodyThatCannotBeReadLeavesNobodyWaiting() throws Exception {
        agentThatServesNothing();
        try (RawSocket client = line.client()) {
            // In one piece: what comes later is not read before a stream is found.
            client.send(Line.request("POST", "/hash", "Transfer-Encoding: chunked\r\n") + "no chunk\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(400);
        }
        // The answer is written first; left alone, the waiter would stay for ten seconds.
        await().atMost(Duration.ofSeconds(5)).until(() -> line.tunnels.waiting(Line.AGENT_ID) == 0);
    }

    private void agentThatServesNothing() {
        ClientCall<OutgoingFrame, KasFrame> call =
                line.channel().newCall(TunnelCodec.called(), CallOptions.DEFAULT.withWaitForReady());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer secret");
        call.start(new ClientCall.Listener<>() {}, headers);
        call.request(1);
        call.sendMessage(new OutgoingFrame.Ready(ConnectRequest.newBuilder()
                .setApiDescriptor(Descriptor.newBuilder().setAgentDescriptor(AgentDescriptor.getDefaultInstance()))
                .build()
                .toByteArray()));
        await().until(() -> line.tunnels.idleStreams(Line.AGENT_ID) == 1);
    }

    private static byte[] requestInfo() {
        return ConnectResponse.newBuilder()
                .setRequestInfo(RequestInfo.newBuilder()
                        .setMethodName("/" + KubernetesApi.SERVICE + "/" + KubernetesApi.METHOD))
                .build()
                .toByteArray();
    }

    /** The side that asks. */
    private static final class Kas implements TunnelWaiter, TunnelListener {
        final CompletableFuture<TunnelCall> call = new CompletableFuture<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onTunnel(TunnelCall found) {
            call.complete(found);
        }

        @Override
        public void onNoTunnel(NoTunnel reason) {
            call.completeExceptionally(new AssertionError(reason));
        }

        @Override
        public void onMessage(ByteBuf message) {
            message.release();
        }

        @Override
        public void onReady() {}

        @Override
        public void onEnd(Status status) {
            end.complete(status);
        }
    }
}
