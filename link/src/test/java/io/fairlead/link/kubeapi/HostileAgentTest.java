package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.fairlead.link.kubeapi.rpc.Grpctool;
import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.Descriptor;
import io.fairlead.link.tunnel.rpc.Error;
import io.fairlead.link.tunnel.rpc.Header;
import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.Message;
import io.fairlead.link.tunnel.rpc.Method;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.Service;
import io.fairlead.link.tunnel.rpc.Trailer;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.link.tunnel.rpc.TunnelFrame;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent that answers what no cluster would: the client gets a Status that says so, never a bare end or half an answer. */
@ExtendWith(NoLeaks.class)
class HostileAgentTest {
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

    static Stream<Arguments> answers() {
        return Stream.of(
                head("a line end in a value", 200, "200 OK", Map.of("X", "a\r\nSet-Cookie: b")),
                head("a line end in a name", 200, "200 OK", Map.of("X\r\nY", "a")),
                head("an empty name", 200, "200 OK", Map.of("", "a")),
                head("a length that is none", 200, "200 OK", Map.of("Content-Length", "+5")),
                head("two lengths", 200, "200 OK", Map.of("Content-Length", "5", "content-length", "6")),
                head("a status beyond all", 1000, "1000 No", Map.of()),
                head("a negative status", -1, "-1 No", Map.of()),
                head("an interim answer as the last", 103, "103 Early", Map.of()),
                head("a switch nobody asked for", 101, "101 Switching", Map.of("Upgrade", "x")),
                head("fields of 129 KiB", 200, "200 OK", Map.of("X", "a".repeat(129 * 1024))),
                Arguments.of("an error of an unknown code", new ConnectRequest[] {error(999, "no such thing")}),
                Arguments.of("an error of a negative code", new ConnectRequest[] {error(-1, "no such thing")}),
                Arguments.of("an error that is none", new ConnectRequest[] {error(0, "fine")}),
                Arguments.of("a body without a head", new ConnectRequest[] {
                    header(),
                    message(Grpctool.HttpResponse.newBuilder()
                            .setData(Grpctool.HttpResponse.Data.newBuilder().setData(ByteString.copyFromUtf8("x")))
                            .build())
                }),
                Arguments.of("an answer without HTTP", new ConnectRequest[] {
                    header(),
                    ConnectRequest.newBuilder()
                            .setTrailer(Trailer.getDefaultInstance())
                            .build()
                }),
                Arguments.of("noise", new ConnectRequest[] {header(), noise()}),
                Arguments.of("a trailer first", new ConnectRequest[] {
                    ConnectRequest.newBuilder()
                            .setTrailer(Trailer.getDefaultInstance())
                            .build()
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void isNamedAsTheCause(String what, ConnectRequest[] frames) throws Exception {
        agent(frames);
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).as(answer.body()).isEqualTo(502);
            assertThat(answer.body())
                    .contains("\"kind\":\"Status\"")
                    .contains("the agent could not complete the request");
            assertThat(answer.head()).doesNotContain("Set-Cookie");
        }
    }

    @Test
    void hasItsWordsCut() throws Exception {
        agent(error(14, "a".repeat(100_000)));
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("a".repeat(1024)).doesNotContain("a".repeat(1025));
        }
    }

    @Test
    void cannotBreakTheStatusLine() throws Exception {
        agent(
                header(),
                answer(200, "200 OK\r\nSet-Cookie: a=b", Map.of("Content-Length", "0")),
                message(Grpctool.HttpResponse.newBuilder()
                        .setTrailer(Grpctool.HttpResponse.Trailer.getDefaultInstance())
                        .build()),
                ConnectRequest.newBuilder()
                        .setTrailer(Trailer.getDefaultInstance())
                        .build());
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head()).doesNotContain("Set-Cookie");
        }
    }

    private static Arguments head(String what, int code, String status, Map<String, String> fields) {
        return Arguments.of(what, new ConnectRequest[] {header(), answer(code, status, fields)});
    }

    private static ConnectRequest header() {
        return ConnectRequest.newBuilder()
                .setHeader(Header.getDefaultInstance())
                .build();
    }

    private static ConnectRequest answer(int code, String status, Map<String, String> fields) {
        Prototool.HttpResponse.Builder answer =
                Prototool.HttpResponse.newBuilder().setStatusCode(code).setStatus(status);
        fields.forEach((name, value) -> answer.putHeader(
                name, Prototool.Values.newBuilder().addValue(value).build()));
        return message(Grpctool.HttpResponse.newBuilder()
                .setHeader(Grpctool.HttpResponse.Header.newBuilder().setResponse(answer))
                .build());
    }

    private static ConnectRequest message(Grpctool.HttpResponse message) {
        return ConnectRequest.newBuilder()
                .setMessage(Message.newBuilder().setData(message.toByteString()))
                .build();
    }

    private static ConnectRequest noise() {
        return ConnectRequest.newBuilder()
                .setMessage(Message.newBuilder().setData(ByteString.copyFrom(new byte[] {(byte) 0xff, 1, 2, 3})))
                .build();
    }

    private static ConnectRequest error(int code, String text) {
        return ConnectRequest.newBuilder()
                .setError(Error.newBuilder()
                        .setStatus(
                                com.google.rpc.Status.newBuilder().setCode(code).setMessage(text)))
                .build();
    }

    /** Opens one stream that answers whatever it is asked with {@code frames}, then half-closes. */
    private void agent(ConnectRequest... frames) {
        ClientCall<OutgoingFrame, KasFrame> call =
                line.channel().newCall(TunnelCodec.called(), CallOptions.DEFAULT.withWaitForReady());
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer secret");
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(KasFrame frame) {
                        TunnelFrame.release(frame);
                        if (frame instanceof KasFrame.Open) {
                            for (ConnectRequest answer : frames) {
                                call.sendMessage(new OutgoingFrame.Ready(answer.toByteArray()));
                            }
                            call.halfClose();
                        }
                    }
                },
                headers);
        call.request(100);
        call.sendMessage(new OutgoingFrame.Ready(ConnectRequest.newBuilder()
                .setApiDescriptor(Descriptor.newBuilder()
                        .setAgentDescriptor(AgentDescriptor.newBuilder()
                                .addServices(Service.newBuilder()
                                        .setName(KubernetesApi.SERVICE)
                                        .addMethods(Method.newBuilder().setName(KubernetesApi.METHOD)))))
                .build()
                .toByteArray()));
        await().until(() -> line.tunnels.idleStreams(Line.AGENT_ID) == 1);
    }
}
