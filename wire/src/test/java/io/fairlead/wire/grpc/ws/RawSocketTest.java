package io.fairlead.wire.grpc.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.LocalCa;
import io.fairlead.wire.tls.ServerTls;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gRPC port answers to bytes that no good client would send. */
class RawSocketTest {
    private static final int FINAL_BINARY = 0x82;
    private static final int FINAL_CLOSE = 0x88;
    private static final Duration PATIENT = Duration.ofSeconds(10);
    private static final Duration HASTY = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private final EventLoops loops = EventLoops.of(1, "raw");
    private final List<Server> servers = new ArrayList<>();
    private volatile boolean stopping;

    @AfterEach
    void close() throws Exception {
        for (Server server : servers) {
            server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
        loops.close();
    }

    @Test
    void opensGrpcInsideAWebSocketAndEchoesTheSubprotocol() throws Exception {
        try (RawPeer peer = connect()) {
            String head = peer.send(RawPeer.goodHandshake()).readHead();
            assertThat(head)
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Sec-WebSocket-Accept: " + RawPeer.ACCEPT + "\r\n")
                    .contains("Sec-WebSocket-Protocol: ws-tunnel\r\n")
                    .contains("Server: gitlab-kas/v1/abc\r\n");
            peer.send(RawPeer.masked(FINAL_BINARY, preface()));
            assertSettings(peer.readFrame());
        }
    }

    @Test
    void takesFramesThatArriveTogetherWithTheHandshake() throws Exception {
        try (RawPeer peer = connect()) {
            byte[] handshake = RawPeer.goodHandshake().getBytes(StandardCharsets.US_ASCII);
            byte[] frame = RawPeer.masked(FINAL_BINARY, preface());
            byte[] both = Arrays.copyOf(handshake, handshake.length + frame.length);
            System.arraycopy(frame, 0, both, handshake.length, frame.length);
            assertThat(peer.send(both).readHead()).startsWith("HTTP/1.1 101 ");
            assertSettings(peer.readFrame());
        }
    }

    @Test
    void takesAFragmentedMessageByteByByteWithAPingInBetween() throws Exception {
        try (RawPeer peer = shaken()) {
            byte[] preface = preface();
            peer.sendByteByByte(RawPeer.masked(0x02, Arrays.copyOfRange(preface, 0, 5)));
            peer.sendByteByByte(RawPeer.masked(0x89, new byte[] {1, 2, 3, 4, 5}));
            peer.sendByteByByte(RawPeer.masked(0x00, Arrays.copyOfRange(preface, 5, 6)));
            peer.sendByteByByte(RawPeer.masked(0x00, new byte[0]));
            peer.sendByteByByte(RawPeer.masked(0x8a, new byte[] {9}));
            peer.sendByteByByte(RawPeer.masked(0x80, Arrays.copyOfRange(preface, 6, preface.length)));
            RawPeer.Frame pong = peer.readFrame();
            assertThat(pong.first()).isEqualTo(0x8a);
            assertThat(pong.payload()).containsExactly(1, 2, 3, 4, 5);
            assertSettings(peer.readFrame());
        }
    }

    @Test
    void answersACloseFrameWithItsCode() throws Exception {
        try (RawPeer peer = shaken()) {
            peer.send(RawPeer.masked(FINAL_CLOSE, CloseReason.write(1000, "bye")));
            assertThat(peer.readFrame().closeCode()).isEqualTo(1000);
            assertThat(peer.readToEnd()).isEmpty();
        }
    }

    @Test
    void answersACloseFrameThatHasNoCode() throws Exception {
        try (RawPeer peer = shaken()) {
            peer.send(RawPeer.masked(FINAL_CLOSE, new byte[0]));
            assertThat(peer.readFrame().closeCode()).isEqualTo(1000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1002, 8205, a client must mask its frames",
        "1003, 8185010203046162636465, only binary messages carry gRPC",
        "1002, C281010203040a, 'extension bits are set, but no extension was agreed'",
        "1002, 838101020304ff, frame type 3 is unknown",
        "1002, 808101020304ff, a continuation follows no message",
        "1002, 02810102030451828101020304ff, a message begins inside another one",
        "1002, 098101020304ff, a control frame is fragmented",
        "1002, 89fe007e01020304, a control frame is too long",
        "1009, 82ff0000000000a0000101020304, a message is longer than 10485760 bytes",
        "1009, 82ffffffffffffffffff01020304, a message is longer than 10485760 bytes",
        "1009, 0281010203045180ff0000000000a0000001020304, a message is longer than 10485760 bytes",
    })
    void sendsAwayWhoBreaksTheRulesOfFrames(int code, String hex, String reason) throws Exception {
        try (RawPeer peer = shaken()) {
            peer.send(java.util.HexFormat.of().parseHex(hex));
            RawPeer.Frame close = peer.readFrame();
            assertThat(close.first()).isEqualTo(FINAL_CLOSE);
            assertThat(close.closeCode()).isEqualTo(code);
            assertThat(close.closeReason()).isEqualTo(reason);
            assertThat(peer.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sec-WebSocket-Protocol: chat", "X-Nothing: here"})
    void closesAWebSocketWithoutOurSubprotocolWithCode1002(String header) throws Exception {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.handshake(
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: " + RawPeer.KEY,
                    header));
            assertThat(peer.readHead()).startsWith("HTTP/1.1 101 ").doesNotContain("Sec-WebSocket-Protocol");
            RawPeer.Frame close = peer.readFrame();
            assertThat(close.closeCode()).isEqualTo(1002);
            assertThat(close.closeReason()).contains("ws-tunnel");
        }
    }

    @Test
    void closesWithCode1001WhileItStops() throws Exception {
        stopping = true;
        try (RawPeer peer = shaken()) {
            RawPeer.Frame close = peer.readFrame();
            assertThat(close.closeCode()).isEqualTo(1001);
            assertThat(close.closeReason()).isEqualTo("kas is stopping");
            assertThat(peer.readToEnd()).isEmpty();
        }
    }

    @Test
    void closesAWebSocketThatDoesNotCarryHttp2() throws Exception {
        try (RawPeer peer = shaken()) {
            peer.send(RawPeer.masked(FINAL_BINARY, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            assertThat(peer.readFrame().closeReason()).isEqualTo("this WebSocket must carry HTTP/2");
            assertThat(peer.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 426",
        "'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', 400",
        "'HELLO THERE\r\n\r\n', 400",
        "'GET / HTTP/1.0\r\n\r\n', 400",
        "'GET / HTTP/1.1\r\nbad header\u0001: x\r\n\r\n', 400",
    })
    void tellsHttpClientsWhatThePortIs(String request, int status) throws Exception {
        try (RawPeer peer = connect()) {
            assertThat(peer.send(request).readToEnd())
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("\r\nConnection: close\r\n")
                    .contains("This port serves agents: gRPC over HTTP/2, and gRPC inside WebSocket");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-WebSocket-Version: 8, Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==, 426",
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Key: short, 400",
        "Sec-WebSocket-Version: 13, X-Key: none, 400",
    })
    void refusesADefectiveHandshake(String version, String key, int status) throws Exception {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.handshake("Connection: Upgrade", "Upgrade: websocket", version, key));
            assertThat(peer.readToEnd()).startsWith("HTTP/1.1 " + status + " ");
        }
    }

    @Test
    void refusesAHandshakeWithABody() throws Exception {
        try (RawPeer peer = connect()) {
            String request = RawPeer.goodHandshake().replace("Host: kas", "Host: kas\r\nContent-Length: 5");
            assertThat(peer.send(request + "hello").readToEnd()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void boundsTheRequestLine() throws Exception {
        try (RawPeer peer = connect()) {
            assertThat(peer.send("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n")
                            .readToEnd())
                    .startsWith("HTTP/1.1 414 ");
        }
    }

    @Test
    void boundsTheHeader() throws Exception {
        try (RawPeer peer = connect()) {
            String header = "X: " + "a".repeat(1000) + "\r\n";
            assertThat(peer.send("GET / HTTP/1.1\r\n" + header.repeat(40) + "\r\n")
                            .readToEnd())
                    .startsWith("HTTP/1.1 431 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"160301020001", "00", "0d0a0d0a", "50524920212a", "ffffffffffffffffffff"})
    void closesOnNoiseWithoutAWord(String hex) throws Exception {
        try (RawPeer peer = connect()) {
            String answer = peer.send(java.util.HexFormat.of().parseHex(hex)).readToEnd();
            assertThat(answer).matches("(HTTP/1.1 400 (?s).*)?");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PRI * HTTP", "GET / HTTP/1.1\r\nHost: a\r\n"})
    void doesNotWaitForeverForTheFirstBytes(String start) throws Exception {
        try (RawPeer peer = RawPeer.connect(serve(Optional.empty(), true, HASTY))) {
            assertThat(peer.send(start).readToEnd()).isEmpty();
        }
    }

    @Test
    void doesNotWaitForeverForHttp2InsideTheWebSocket() throws Exception {
        try (RawPeer peer = RawPeer.connect(serve(Optional.empty(), true, HASTY))) {
            assertThat(peer.send(RawPeer.goodHandshake()).readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.readFrame().first()).isEqualTo(FINAL_CLOSE);
        }
    }

    @Test
    void saysSoWhereWebSocketIsOff() throws Exception {
        try (RawPeer peer = RawPeer.connect(serve(Optional.empty(), false, PATIENT))) {
            assertThat(peer.send(RawPeer.goodHandshake()).readToEnd())
                    .startsWith("HTTP/1.1 400 ")
                    .contains("This port serves gRPC over HTTP/2 only");
        }
    }

    @Test
    void tellsACleartextClientThatThePortSpeaksTls() throws Exception {
        try (RawPeer peer = RawPeer.connect(serve(tls(), true, PATIENT))) {
            assertThat(peer.send("GET / HTTP/1.1\r\n\r\n").readToEnd())
                    .startsWith("HTTP/1.1 400 ")
                    .contains("This port speaks TLS");
        }
    }

    @Test
    void doesNotWaitForeverForATlsHandshake() throws Exception {
        try (RawPeer peer = RawPeer.connect(serve(tls(), true, HASTY))) {
            peer.send(new byte[] {0x16, 3, 1, 2});
            assertThat(peer.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http/1.1"})
    void opensAWebSocketOverTlsWithAndWithoutAlpn(String alpn) throws Exception {
        try (RawPeer peer = connectTls(serve(tls(), true, PATIENT), alpn)) {
            assertThat(peer.send(RawPeer.goodHandshake()).readHead()).startsWith("HTTP/1.1 101 ");
            peer.send(RawPeer.masked(FINAL_BINARY, preface()));
            assertSettings(peer.readFrame());
        }
    }

    @Test
    void closesWhenAClientChoseHttp2AndSpeaksHttp1() throws Exception {
        try (RawPeer peer = connectTls(serve(tls(), true, PATIENT), "h2")) {
            assertThat(peer.send(RawPeer.goodHandshake()).readToEnd()).isEmpty();
        }
    }

    @Test
    void opensNativeGrpcWithoutAlpn() throws Exception {
        try (RawPeer peer = connectTls(serve(tls(), true, PATIENT), "")) {
            peer.send(preface());
            ByteBuffer settings = ByteBuffer.wrap(peer.readBytes(9));
            assertThat(settings.get(3)).isEqualTo((byte) 4);
        }
    }

    private RawPeer connect() throws Exception {
        return RawPeer.connect(serve(Optional.empty(), true, PATIENT));
    }

    private RawPeer shaken() throws Exception {
        RawPeer peer = connect();
        assertThat(peer.send(RawPeer.goodHandshake()).readHead()).startsWith("HTTP/1.1 101 ");
        return peer;
    }

    private InetSocketAddress serve(Optional<SslContext> tls, boolean webSocket, Duration negotiationMax)
            throws Exception {
        CarrierServer carrier = new CarrierServer(
                tls,
                webSocket,
                "gitlab-kas/v1/abc",
                negotiationMax,
                () -> stopping,
                channel -> true,
                channel -> Attributes.EMPTY);
        Server server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), carrier.credentials())
                .bossEventLoopGroup(loops.group())
                .workerEventLoopGroup(loops.group())
                .channelType(loops.serverChannel())
                .directExecutor()
                .build()
                .start();
        servers.add(server);
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    private LocalCa ca() {
        return LocalCa.open(folder.resolve("ca"), Clock.systemUTC());
    }

    private Optional<SslContext> tls() {
        return Optional.of(
                ServerTls.context(ca().serverIdentity("kas", List.of("localhost")), List.of("h2", "http/1.1")));
    }

    private RawPeer connectTls(InetSocketAddress address, String alpn) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (var in = java.nio.file.Files.newInputStream(ca().certificateFile())) {
            trusted.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        Socket plain = new Socket(address.getAddress(), address.getPort());
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", address.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        if (!alpn.isEmpty()) {
            parameters.setApplicationProtocols(new String[] {alpn});
        }
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return new RawPeer(socket);
    }

    private static byte[] preface() {
        byte[] both = Arrays.copyOf(RawPeer.PREFACE, RawPeer.PREFACE.length + RawPeer.EMPTY_SETTINGS.length);
        System.arraycopy(RawPeer.EMPTY_SETTINGS, 0, both, RawPeer.PREFACE.length, RawPeer.EMPTY_SETTINGS.length);
        return both;
    }

    private static void assertSettings(RawPeer.Frame frame) {
        assertThat(frame.first()).isEqualTo(FINAL_BINARY);
        assertThat(frame.payload()[3]).as("HTTP/2 frame type").isEqualTo((byte) 4);
    }
}
