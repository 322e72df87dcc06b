package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.base.time.Deadline;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Gate;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.RateLimit;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Router;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that ask for much and do not read it, against a server with room for three such answers. */
class UnreadAnswersTest {
    /** More than the buffers of a system's sockets hold. */
    private static final int LARGE = 14 * 1024 * 1024;

    private static final int SLOTS = 4;
    private static final int SHARE = 3;

    private HttpListener listener;
    private final List<RawSocket> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        listener = started(SLOTS, Duration.ofSeconds(3));
    }

    private static HttpListener started(int slots, Duration idleMax) throws Exception {
        String large = "x".repeat(LARGE);
        Gate gate = (_, _, _) -> new Gate.Admission(new Caller.Anonymous(), new Gate.Subject.None());
        List<Route> routes = List.of(
                Route.api(Method.GET, "/json", Access.anyone(), _ -> Reply.ok(Map.of("content", large))),
                Route.api(
                        Method.GET,
                        "/bytes",
                        Access.anyone(),
                        _ -> new Reply.Bytes(200, Map.of(), "text/plain", large.getBytes(StandardCharsets.ISO_8859_1))),
                Route.api(Method.GET, "/open", Access.anyone(), _ -> Reply.ok(Map.of("open", true))));
        HttpListenerConfig config = new HttpListenerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TrustedProxies.LOOPBACK,
                slots,
                SHARE,
                1,
                8,
                Duration.ofSeconds(1),
                idleMax,
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                3 * (LARGE + 1024 * 1024),
                16 * 1024);
        HttpListener started = new HttpListener(
                config,
                new Router(routes, gate, new RateLimit(100_000, Clock.systemUTC()), RandomIds.secure()),
                _ -> false);
        started.start();
        return started;
    }

    @AfterEach
    void stop() throws Exception {
        for (RawSocket socket : open) {
            socket.close();
        }
        listener.close();
    }

    private RawSocket ask(String path, String client) throws IOException {
        RawSocket socket = RawSocket.connectNarrow(listener.address());
        open.add(socket);
        return socket.send(
                "GET /api/v4" + path + " HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100." + client + "\r\n\r\n");
    }

    private int status(String path, String client) throws IOException {
        return Integer.parseInt(ask(path, client).readHead().split(" ", 3)[1]);
    }

    @Test
    void whatIsNotReadHasItsBound() throws IOException {
        assertThat(status("/json", "1")).isEqualTo(200);
        assertThat(status("/bytes", "2")).isEqualTo(200);
        assertThat(status("/json", "3")).isEqualTo(200);
        RawSocket.Answer refused = ask("/json", "4").readAnswer();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.field("retry-after")).isEqualTo("5");
        assertThat(status("/bytes", "4")).isEqualTo(503);
        assertThat(status("/open", "4")).isEqualTo(200);
    }

    @Test
    void oneClientLeavesRoomToOthers() throws IOException {
        assertThat(status("/json", "1")).isEqualTo(200);
        assertThat(status("/json", "1")).isEqualTo(503);
        assertThat(status("/json", "2")).isEqualTo(200);
    }

    @Test
    void aLargeAnswerKeepsItsSlotUntilItIsTaken() throws Exception {
        listener.close();
        listener = started(2, Duration.ofSeconds(60));
        List<RawSocket> large = List.of(ask("/json", "1"), ask("/bytes", "2"));
        for (RawSocket each : large) {
            assertThat(each.readHead()).startsWith("HTTP/1.1 200 ");
        }
        assertThat(status("/open", "3")).isEqualTo(503);
        large.getFirst().readBytes(LARGE);
        assertThat(status("/open", "3")).isEqualTo(200);
    }

    @Test
    void whoReadsNothingIsCutOffAndLeavesItsRoom() throws IOException {
        List<RawSocket> unread = List.of(ask("/json", "1"), ask("/json", "2"), ask("/bytes", "3"));
        for (RawSocket each : unread) {
            assertThat(each.readHead()).startsWith("HTTP/1.1 200 ");
        }
        Deadline deadline = Deadline.in(Duration.ofSeconds(15));
        int status = 503;
        while (status == 503 && !deadline.passed()) {
            status = status("/json", "5");
        }
        assertThat(status).isEqualTo(200);
    }

    @Test
    void whoReadsGetsAllOfItAgainAndAgain() throws IOException {
        RawSocket socket = ask("/json", "1");
        for (int i = 0; i < 10; i++) {
            RawSocket.Answer answer = socket.readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSize(LARGE + "{'content':''}".length()).endsWith("xx\"}");
            socket.send("GET /api/v4/json HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n");
        }
    }
}
