package io.fairlead.wire.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.wire.grpc.KasAddress.Scheme;
import io.fairlead.wire.grpc.ws.ClientCarriage;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator reads when an agent cannot reach kas. */
class ConnectProblemsTest {
    private static final ClientCarriage.Limits HASTY =
            new ClientCarriage.Limits(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofMillis(300));

    @TempDir
    Path folder;

    private TestKas kas;

    @BeforeEach
    void open() {
        kas = new TestKas(folder);
    }

    @AfterEach
    void close() throws Exception {
        kas.close();
    }

    @ParameterizedTest
    @CsvSource({
        "grpcs, false, 'does not speak TLS; use grpc:// instead'",
        "wss, false, 'does not speak TLS; use ws:// instead'",
        // Which of the two comes first, the listener's words or its closing, is the network's choice.
        "grpc, true, 'answered in HTTP/1.1|the scheme may not fit the port'",
        "ws, true, 'if the port speaks TLS use wss://'",
    })
    void nameTheSchemeThatFitsThePort(String scheme, boolean serverTls, String words) throws Exception {
        GrpcListener listener = kas.listen(serverTls, UnaryOperator.identity());
        KasAddress address =
                KasAddress.parse(scheme + "://localhost:" + listener.address().getPort());
        assertThat(problem(kas.open(address, kas.clientConfig())))
                .contains(address.toString())
                .containsPattern(words.replace("?", "\\?"));
    }

    @ParameterizedTest
    @EnumSource(names = {"GRPCS", "WSS"})
    void nameTheOptionForAnUnknownAuthority(Scheme scheme) throws Exception {
        GrpcListener listener = kas.listen(true, UnaryOperator.identity());
        AgentChannelConfig config = AgentChannelConfig.of("agent", () -> "secret-token");
        assertThat(problem(kas.open(kas.address(scheme, listener), config)))
                .contains("unknown authority", "--ca-cert-file");
    }

    @ParameterizedTest
    @EnumSource(names = {"GRPCS", "WSS"})
    void nameTheNameThatTheCertificateLacks(Scheme scheme) throws Exception {
        GrpcListener listener = kas.listen(true, UnaryOperator.identity());
        AgentChannelConfig config = kas.clientConfig().withServerName("other.example");
        assertThat(problem(kas.open(kas.address(scheme, listener), config)))
                .contains("is not for the name other.example");
    }

    @ParameterizedTest
    @EnumSource(names = {"GRPCS", "WSS"})
    void doNotOccurWhenTheCheckIsSkippedOrTheNameIsGiven(Scheme scheme) throws Exception {
        GrpcListener listener = kas.listen(true, UnaryOperator.identity());
        AgentChannelConfig trusting =
                AgentChannelConfig.of("agent", () -> "secret-token").withInsecureSkipVerify(true);
        assertThat(FourSchemesTest.unary(kas.open(kas.address(scheme, listener), trusting), "a"))
                .isEqualTo("a");
        KasAddress byNumber =
                KasAddress.parse(kas.address(scheme, listener).toString().replace("localhost", "127.0.0.1"));
        AgentChannelConfig named = kas.clientConfig().withServerName("localhost");
        assertThat(FourSchemesTest.unary(kas.open(byNumber, named), "b")).isEqualTo("b");
    }

    @ParameterizedTest
    @EnumSource
    void sayThatNothingListens(Scheme scheme) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        KasAddress address = KasAddress.parse(scheme + "://127.0.0.1:" + port);
        assertThat(problem(kas.open(address, kas.clientConfig()))).startsWith("nothing listens at " + address);
    }

    @ParameterizedTest
    @EnumSource
    void sayThatTheHostIsUnknown(Scheme scheme) throws Exception {
        KasAddress address = KasAddress.parse(scheme + "://kas.invalid");
        assertThat(problem(kas.open(address, kas.clientConfig())))
                .startsWith("the host of " + address + " has no address");
    }

    @ParameterizedTest
    @CsvSource({
        "'301 Moved Permanently\r\nLocation: /kas/', 'needs a trailing slash (status 301): use ws://localhost:PORT/kas/'",
        "'302 Found\r\nLocation: https://u:hunter2@other/x?token=hunter2', 'redirects (status 302) to wss://other/x;'",
        "'308 Permanent Redirect', 'redirects (status 308) to nowhere;'",
        "'404 Not Found', 'wss://<host>/-/kubernetes-agent/'",
        "'403 Forbidden', 'check the agent''s token'",
        "'502 Bad Gateway', 'cannot reach kas (status 502)'",
        "'200 OK', 'status 200 instead of 101'",
        "'101 Switching Protocols\r\nUpgrade: websocket', 'is not the WebSocket asked for'",
    })
    void explainTheAnswerToTheHandshake(String answer, String words) throws Exception {
        try (OneAnswer server = new OneAnswer("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\n\r\n")) {
            KasAddress address = KasAddress.parse("ws://localhost:" + server.port() + "/kas");
            assertThat(problem(kas.open(address, kas.clientConfig())))
                    .contains(words.replace("PORT", "" + server.port()))
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void explainAServerThatDoesNotSpeakHttp() throws Exception {
        try (OneAnswer server = new OneAnswer("\u0015\u0003\u0001\u0000\u0002\u0002(\r\n\r\n")) {
            KasAddress address = KasAddress.parse("ws://localhost:" + server.port() + "/kas");
            assertThat(problem(kas.open(address, kas.clientConfig()))).contains("did not answer in HTTP");
        }
    }

    @ParameterizedTest
    @EnumSource
    void explainAServerThatIsSilent(Scheme scheme) throws Exception {
        try (OneAnswer server = new OneAnswer("")) {
            KasAddress address = KasAddress.parse(scheme + "://localhost:" + server.port());
            AgentChannel channel = kas.open(address, kas.clientConfig(), HASTY);
            assertThat(problem(channel)).containsAnyOf("did not answer in", "did not finish the TLS handshake");
        }
    }

    @Test
    void sendTheAgentsHeadersWithTheHandshakeAndNeverInAnError() throws Exception {
        try (OneAnswer server = new OneAnswer("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")) {
            KasAddress address = KasAddress.parse("ws://localhost:" + server.port() + "/-/kubernetes-agent");
            AgentChannelConfig config = kas.clientConfig().withHeaders(Map.of("X-Cell", List.of("a", "b")));
            assertThat(problem(kas.open(address, config))).doesNotContain("secret-token");
            assertThat(server.request())
                    .startsWith("GET /-/kubernetes-agent/ HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nhost: localhost:" + server.port() + "\r\n")
                    .containsIgnoringCase("\r\nuser-agent: gitlab-agent/v0/test\r\n")
                    .containsIgnoringCase("\r\nauthorization: Bearer secret-token\r\n")
                    .containsIgnoringCase("\r\nsec-websocket-protocol: ws-tunnel\r\n")
                    .contains("\r\nX-Cell: a\r\nX-Cell: b\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WS", "WSS"})
    void doNotOccurBehindAProxyThatTakesConnect(Scheme scheme) throws Exception {
        GrpcListener listener = kas.listen(scheme.tls(), UnaryOperator.identity());
        try (ConnectProxy proxy = new ConnectProxy(listener.address(), "HTTP/1.1 200 OK\r\n\r\n")) {
            // A name that only the proxy knows.
            KasAddress address = KasAddress.parse(scheme + "://kas.invalid:1234/");
            AgentChannelConfig config =
                    kas.clientConfig().withServerName("localhost").withProxy(proxy.rules());
            assertThat(FourSchemesTest.unary(kas.open(address, config), "through"))
                    .isEqualTo("through");
            assertThat(proxy.request())
                    .startsWith("CONNECT kas.invalid:1234 HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nproxy-authorization: Basic bWU6aHVudGVyMg==\r\n");
        }
    }

    @Test
    void nameTheProxyThatRefuses() throws Exception {
        GrpcListener listener = kas.listen(false, UnaryOperator.identity());
        try (ConnectProxy proxy =
                new ConnectProxy(listener.address(), "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
            KasAddress address = KasAddress.parse("ws://kas.invalid:1234/");
            assertThat(problem(kas.open(address, kas.clientConfig().withProxy(proxy.rules()))))
                    .startsWith("the HTTP proxy on the way to " + address)
                    .contains("403")
                    .doesNotContain("hunter2");
        }
    }

    private static String problem(AgentChannel channel) throws Exception {
        Answers answers = new Answers();
        ClientCalls.asyncUnaryCall(channel.newCall(ByteServices.UNARY, CallOptions.DEFAULT), new byte[1], answers);
        Status status = answers.await();
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        String description = String.valueOf(status.getDescription());
        assertThat(description.lines()).as(description).hasSize(1);
        return description;
    }

    /** Reads a header and answers every connection with the same bytes; silent when there are none. */
    private static final class OneAnswer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        private final CompletableFuture<String> request = new CompletableFuture<>();

        OneAnswer(String answer) throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> serve(socket, answer));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        private void serve(Socket socket, String answer) {
            try (socket) {
                request.complete(head(socket.getInputStream()));
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                // The client has seen enough.
            }
        }

        int port() {
            return server.getLocalPort();
        }

        String request() throws Exception {
            return request.get(10, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (head.toString().endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString();
    }
}
