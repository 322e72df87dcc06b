package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests through kas and agentk to an API server and back, over real sockets. */
@ExtendWith(NoLeaks.class)
class LineTest {
    private Line line;

    @BeforeEach
    void open() throws Exception {
        line = new Line("grpc");
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        await().until(() -> line.counters.inFlight() == 0);
        line.close();
        assertThat(line.tunnels.streams(Line.AGENT_ID)).isZero();
        assertThat(line.tunnels.idleStreams(Line.AGENT_ID)).isZero();
        await().until(() -> line.api.open.get() == 0);
        assertThat(line.upstream.openConnections()).isZero();
    }

    @Test
    void carriesARequestAndItsAnswer() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            for (int i = 0; i < 20; i++) {
                RawSocket.Answer answer =
                        client.send(Line.get("/api/v1/pods?limit=" + i)).readAnswer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{}");
                assertThat(answer.field("content-type")).isEqualTo("application/json");
            }
        }
        String head = line.api.heads.getFirst();
        assertThat(head).startsWith("GET /api/v1/pods?limit=0 HTTP/1.1\r\n").contains("Bearer agents-own");
        assertThat(head.toLowerCase(Locale.ROOT).lines().filter(field -> field.startsWith("impersonate-")))
                .containsExactlyInAnyOrder(
                        "impersonate-user: gitlab:user:dana",
                        "impersonate-group: gitlab:user",
                        "impersonate-group: gitlab:project_role:3:developer",
                        "impersonate-extra-agent.gitlab.com%2fid: 7");
        assertThat(head).doesNotContain("token");
    }

    @Test
    void carriesARequestThroughAWebSocketToo() throws Exception {
        nothingIsLeftBehind();
        line = new Line("ws").connected();
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get("/bytes/3000000")).readAnswer().body())
                    .hasSize(3_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 5_000_000, 64 * 1024 * 1024})
    void carriesBodiesWholeInBothDirections(int size) throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(Line.request("POST", "/hash", "Content-Length: " + size + "\r\n"));
            send(client, size);
            assertThat(client.readAnswer().body()).isEqualTo("right " + size);
            client.send(Line.get("/bytes/" + size));
            client.readHead();
            assertThat(read(client, size)).isEqualTo("right " + size);
        }
    }

    @Test
    void carriesAChunkedBody() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(Line.request("PUT", "/hash", "Transfer-Encoding: chunked\r\n"));
            client.send("3\r\n\0\1\2\r\n2\r\n\3\4\r\n0\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("right 5");
        }
    }

    @Test
    void deliversEachEventOfAWatchAsItHappens() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(Line.get("/watch"));
            client.readHead();
            for (int i = 0; i < 3; i++) {
                line.api.events.release();
                assertThat(client.read(12)).isEqualTo("7\r\nevent " + i + "\r\n");
            }
            assertThat(client.read(5)).isEqualTo("0\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"POST,SPDY/3.1", "GET,websocket"})
    void carriesUpgradedConnections(String method, String protocol) throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            String length = method.equals("POST") ? "Content-Length: 0\r\n" : "";
            client.send(Line.request(method, "/exec", "Connection: Upgrade\r\nUpgrade: " + protocol + "\r\n" + length));
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ").contains("SPDY/3.1");
            assertThat(client.read(6)).isEqualTo("ready;");
            for (int i = 0; i < 10; i++) {
                assertThat(client.send("line " + i).read(6)).isEqualTo("line " + i);
            }
            client.endOutput();
            assertThat(client.readToEnd()).isEqualTo(";bye");
        }
        assertThat(line.api.heads.getFirst()).startsWith(method + " /exec ");
    }

    @Test
    void closesWhenAnUpgradeIsNotAgreedTo() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(
                    Line.request("GET", "/api", "Connection: Upgrade\r\nUpgrade: websocket\r\n") + Line.get("/hidden"));
            RawSocket.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
        assertThat(line.api.heads).hasSize(1);
    }

    @Test
    void aStalledReaderHarmsNobodyAndLosesNothing() throws Exception {
        line.connected();
        int size = 16 * 1024 * 1024;
        List<RawSocket> stalled = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawSocket client = line.narrowClient();
            stalled.add(client);
            client.send(Line.get("/bytes/" + size));
            client.readHead();
        }
        untilNothingMoves(() -> line.counters.bytesToClient());
        assertThat(line.counters.bytesToClient()).isLessThan(20L * size);
        try (RawSocket live = line.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(live.send(Line.get("/bytes/1000000")).readAnswer().body())
                        .hasSize(1_000_000);
            }
        }
        assertThat(read(stalled.getFirst(), size)).isEqualTo("right " + size);
        for (RawSocket client : stalled) {
            client.close();
        }
    }

    @Test
    void aStalledUploadHarmsNobody() throws Exception {
        line.connected();
        int size = 12 * 1024 * 1024;
        List<RawSocket> stalled = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            RawSocket client = line.client();
            stalled.add(client);
            client.send(Line.request("POST", "/slow", "Content-Length: " + size + "\r\n"));
            senders.add(Thread.ofVirtual().start(() -> {
                try {
                    send(client, size);
                } catch (IOException e) {
                    // The test is over.
                }
            }));
        }
        await().until(() -> line.api.heads.size() == 8);
        untilNothingMoves(() -> line.counters.bytesToCluster());
        assertThat(line.counters.bytesToCluster()).isLessThan(8L * size);
        try (RawSocket live = line.client()) {
            live.send(Line.request("POST", "/hash", "Content-Length: 1000000\r\n"));
            send(live, 1_000_000);
            assertThat(live.readAnswer().body()).isEqualTo("right 1000000");
        }
        line.api.reads.release();
        await().until(() -> stalled.stream().anyMatch(client -> client.available() > 0));
        line.api.reads.release(100);
        for (RawSocket client : stalled) {
            assertThat(client.readAnswer().body()).isEqualTo("right " + size);
            client.close();
        }
        for (Thread sender : senders) {
            sender.join();
        }
    }

    @Test
    void endsTheUpstreamRequestOfAClientThatIsKilled() throws Exception {
        line.connected();
        RawSocket client = line.client();
        client.send(Line.get("/stay"));
        await().until(() -> line.api.heads.size() == 1);
        client.reset();
        await().until(() -> line.api.open.get() == 0);
        assertThat(line.upstream.openConnections()).isZero();
    }

    @Test
    void neverEndsAnAnswerCleanlyThatTheApiServerBrokeOff() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(Line.get("/die"));
            client.readHead();
            assertThat(client.read(10)).isEqualTo("5\r\nhello\r\n");
            line.api.events.release();
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void answersBadGatewayWhenTheApiServerIsGone() throws Exception {
        line.connected();
        line.api.close();
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("\"kind\":\"Status\"").contains("cannot connect to http://127.0.0.1:");
        }
    }

    @Test
    void breaksOffWhenTheAgentIsKilled() throws Exception {
        line.connected();
        try (RawSocket answering = line.client();
                RawSocket waiting = line.client()) {
            answering.send(Line.get("/watch"));
            answering.readHead();
            waiting.send(Line.get("/stay"));
            await().until(() -> line.api.heads.size() == 2);
            line.killAgent();
            assertThat(answering.ends()).isTrue();
            assertThat(waiting.readAnswer().status()).isEqualTo(502);
        }
        line.api.events.release(3);
    }

    @Test
    void saysThatTheAgentIsNotConnected() throws Exception {
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/api")).readAnswer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body())
                    .contains("agent 7 is not connected: it has not been since this kas started at 20")
                    .contains("Trace ID: ");
            assertThat(answer.head()).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
        }
    }

    @Test
    void namesTheAgentThatIsAwayAndSaysSinceWhen() throws Exception {
        line.agentName = Optional.of("as-the-forge-says");
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get("/api")).readAnswer().body())
                    .contains("agent \\\"as-the-forge-says\\\" (id 7) is not connected");
            line.connected();
            Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            line.killAgent();
            await().until(() -> line.tunnels.streams(Line.AGENT_ID) == 0);
            String away = client.send(Line.get("/api")).readAnswer().body();
            assertThat(away).contains("agent \\\"cluster\\\" (id 7) is not connected: it was last at 20");
            String when = away.replaceFirst("(?s).*it was last at ([^;]*);.*", "$1");
            assertThat(Instant.parse(when)).isBetween(before, Instant.now());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /k8s/api,X: 1,401 Unauthorized",
        "GET /k8s/a//b,X: 1,400 Bad Request",
        "GET /k8s/api,Origin: https://else.where,403 Forbidden",
        "OPTIONS /k8s/api,Origin: https://gitlab.test,200 OK",
        "CONNECT /k8s/api,X: 1,405 Method Not Allowed"
    })
    void answersWithHttpsOwnPhrases(String request, String header, String answer) throws Exception {
        try (RawSocket client = line.client()) {
            client.send(request + " HTTP/1.1\r\nHost: kas\r\n" + header + "\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 " + answer + "\r\n");
        }
    }

    @Test
    void servesAHundredRequestsAtOnce() throws Exception {
        line.connected();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> bodies = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                int size = 1_000 * i;
                bodies.add(threads.submit(() -> {
                    try (RawSocket client = line.client()) {
                        client.send(Line.get("/bytes/" + size));
                        client.readHead();
                        return read(client, size);
                    }
                }));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(bodies.get(i).get()).isEqualTo("right " + 1_000 * i);
            }
        }
        assertThat(line.pool.count().open()).isLessThanOrEqualTo(500);
    }

    @Test
    void neverFollowsARedirectAndDropsWhatSpeaksForOurOrigin() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            RawSocket.Answer redirect = client.send(Line.get("/redirect")).readAnswer();
            assertThat(redirect.status()).isEqualTo(302);
            assertThat(redirect.field("location")).isEqualTo("http://169.254.169.254/");
            RawSocket.Answer hostile = client.send(Line.get("/hostile")).readAnswer();
            assertThat(hostile.field("x-kept")).isEqualTo("1");
            for (String name : List.of(
                    "set-cookie", "access-control-allow-origin", "access-control-expose-headers", "nel", "x-hop")) {
                assertThat(hostile.field(name)).as(name).isEmpty();
            }
        }
        assertThat(line.api.heads).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/a%2Fb", "/api/v1/a%252Fb", "/api/v1/a?x=%2F&x=1&&y", "/api/v1/a;b=c", "/api/v1/a%5Cb"})
    void keepsTheTargetAsItWasSent(String target) throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get(target)).readAnswer().status()).isEqualTo(200);
        }
        assertThat(line.api.heads.getFirst()).startsWith("GET " + target + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/../x", "/api/%2e%2e/x", "/api//x", "/api/.", "/api/%00", "/api/%zz", "/api\\x", "/api#x"})
    void refusesTargetsThatReadersUnderstandDifferently(String target) throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get(target)).readAnswer().status()).isEqualTo(400);
        }
        assertThat(line.api.heads).isEmpty();
    }

    @Test
    void lateBytesOfARefusedUploadAreNotARequest() throws Exception {
        line.connected();
        try (RawSocket client = line.client()) {
            client.send(
                    "POST /k8s/api HTTP/1.1\r\nHost: kas\r\nContent-Length: 10\r\n\r\n0123456789" + Line.get("/api"));
            assertThat(client.readAnswer().status()).isEqualTo(401);
            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
        assertThat(line.api.heads).hasSize(1);
        assertThatThrownBy(() -> line.api.heads.get(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** Until every buffer and window on the way is full. */
    private static void untilNothingMoves(LongSupplier bytes) {
        AtomicLong last = new AtomicLong();
        await().atMost(Duration.ofSeconds(30)).during(Duration.ofSeconds(1)).until(() -> {
            long now = bytes.getAsLong();
            return now > 0 && last.getAndSet(now) == now;
        });
    }

    private static void send(RawSocket client, int size) throws IOException {
        byte[] pattern = Pattern.bytes(ApiServer.PIECE_BYTES + 251);
        for (int at = 0; at < size; at += ApiServer.PIECE_BYTES) {
            int from = at % 251;
            client.send(Arrays.copyOfRange(pattern, from, from + Math.min(ApiServer.PIECE_BYTES, size - at)));
        }
    }

    private static String read(RawSocket client, int size) throws IOException {
        Pattern.Check check = new Pattern.Check();
        for (int left = size; left > 0; ) {
            byte[] some = client.readSome(Math.min(left, ApiServer.PIECE_BYTES));
            if (some.length == 0) {
                throw new IOException(left + " bytes are missing");
            }
            check.add(some);
            left -= some.length;
        }
        return check.result();
    }
}
