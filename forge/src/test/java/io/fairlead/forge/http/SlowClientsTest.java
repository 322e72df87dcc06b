package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.base.time.Deadline;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that announce a body and keep it, against a server with four slots and one of kas's. */
class SlowClientsTest {
    private static final int SLOTS = 4;
    private static final int SHARE = 3;

    private HttpListener listener;
    private final List<RawSocket> open = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        Gate gate = (access, request, _) -> {
            if (access instanceof Access.Kas
                    && request.header("x-signed").filter("kas"::equals).isEmpty()) {
                throw ApiError.unauthorized();
            }
            if (access instanceof Access.SignedIn) {
                throw ApiError.unauthorized();
            }
            return new Gate.Admission(new Caller.Anonymous(), new Gate.Subject.None());
        };
        List<Route> routes = List.of(
                Route.api(Method.POST, "/guarded", Access.write(), exchange -> Reply.ok(exchange.parameters())),
                Route.api(Method.POST, "/internal/news", new Access.Kas(), exchange -> {
                    exchange.parameters();
                    return Reply.noContent();
                }),
                Route.api(Method.GET, "/internal/info", new Access.Kas(), _ -> Reply.ok(Map.of("id", 1))),
                Route.api(Method.GET, "/open", Access.anyone(), _ -> Reply.ok(Map.of("open", true))),
                Route.api(Method.POST, "/form", Access.anyone(), exchange -> {
                    exchange.parameters();
                    return Reply.noContent();
                }),
                Route.api(
                        Method.POST,
                        "/pack",
                        Access.anyone(),
                        exchange -> Reply.stream(
                                "application/x-pack",
                                out -> out.write(exchange.request().body().readAllBytes()))));
        HttpListenerConfig config = new HttpListenerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TrustedProxies.LOOPBACK,
                SLOTS,
                SHARE,
                1,
                8,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                1024 * 1024,
                16 * 1024);
        listener = new HttpListener(
                config,
                new Router(routes, gate, new RateLimit(100_000, Clock.systemUTC()), RandomIds.secure()),
                request -> request.header("x-signed").filter("kas"::equals).isPresent());
        listener.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (RawSocket socket : open) {
            socket.close();
        }
        listener.close();
    }

    private RawSocket send(String line, String... fields) throws IOException {
        RawSocket socket = RawSocket.connect(listener.address());
        open.add(socket);
        String head = line + " HTTP/1.1\r\nHost: x\r\n";
        return socket.send(head + String.join("\r\n", fields) + (fields.length == 0 ? "\r\n" : "\r\n\r\n"));
    }

    private void hold(String client) throws IOException {
        send("POST /api/v4/form", "X-Forwarded-For: " + client, "Content-Length: 10")
                .send("a=");
    }

    private void holdAllSlots() throws IOException {
        for (int i = 0; i < SLOTS; i++) {
            hold("198.51.100." + i);
        }
        awaitRefusal("Connection: close");
    }

    private void awaitRefusal(String field) throws IOException {
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        while (!deadline.passed()) {
            if (send("GET /api/v4/open", field).readAnswer().status() == 503) {
                return;
            }
        }
        throw new AssertionError("the slots are not taken");
    }

    @Test
    void aRefusalDoesNotWaitForTheBody() throws IOException {
        for (int i = 0; i < 20 * SLOTS; i++) {
            send("POST /api/v4/guarded", "Content-Length: 60000");
        }
        long before = System.nanoTime();
        RawSocket.Answer refused =
                send("POST /api/v4/guarded", "Content-Length: 60000").readAnswer();
        RawSocket.Answer served = send("GET /api/v4/open").readAnswer();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.field("connection")).isEqualTo("close");
        assertThat(served.status()).isEqualTo(200);
    }

    @Test
    void whoIsRefusedAndKeepsItsBodyIsCutOffAfterASecond() throws IOException {
        RawSocket socket = send("POST /api/v4/guarded", "Content-Length: 60000");
        assertThat(socket.readAnswer().status()).isEqualTo(401);
        long before = System.nanoTime();
        assertThat(socket.ends()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(2500));
    }

    @Test
    void whoSendsTheRestAfterTheRefusalStillReadsIt() throws IOException {
        RawSocket socket = send("POST /api/v4/guarded", "Content-Length: 60000");
        socket.send(new byte[30_000]);
        RawSocket.Answer answer = socket.readAnswer();
        socket.send(new byte[30_000]);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(socket.ends()).isTrue();
    }

    @Test
    void aBodyThatCameWithItsHeadKeepsTheConnection() throws IOException {
        RawSocket socket = RawSocket.connect(listener.address());
        open.add(socket);
        String request = "POST /api/v4/guarded HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b";
        assertThat(socket.send(request).readAnswer().field("connection")).isEmpty();
        assertThat(socket.send(request).readAnswer().status()).isEqualTo(401);
    }

    @Test
    void anAcceptedBodyThatStopsEndsWith408() throws IOException {
        RawSocket form = send("POST /api/v4/form", "Content-Length: 10").send("a=");
        RawSocket pack = send("POST /api/v4/pack", "Transfer-Encoding: chunked").send("3\r\nabc\r\n");
        RawSocket.Answer answer = form.readAnswer();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).contains("no byte of the body came for 3 s, 2 had come of 10");
        assertThat(pack.readAnswer().status()).isEqualTo(408);
    }

    @Test
    void aBodyThatGoesOnMayTakeLongerThanAnyPause() throws Exception {
        RawSocket pack = send("POST /api/v4/pack", "Content-Length: 5000");
        for (int i = 0; i < 5; i++) {
            pack.send(new byte[1000]);
            Thread.sleep(1000);
        }
        RawSocket.Answer answer = pack.readAnswer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(5000);
    }

    @Test
    void kasIsServedWhenEverySlotIsHeld() throws IOException {
        holdAllSlots();
        assertThat(send("GET /api/v4/internal/info", "X-Signed: kas")
                        .readAnswer()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void oneClientDoesNotTakeTheSlotsOfOthers() throws IOException {
        for (int i = 0; i < 2 * SLOTS; i++) {
            hold("2001:db8::" + i);
        }
        String another = "X-Forwarded-For: 2001:db8:1::1";
        awaitRefusal("X-Forwarded-For: 2001:db8::ff");
        assertThat(send("GET /api/v4/open", another).readAnswer().status()).isEqualTo(200);
    }

    @Test
    void thePathAloneDoesNotOpenKassReserve() throws IOException {
        holdAllSlots();
        RawSocket.Answer answer = send("GET /api/v4/internal/info").readAnswer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.field("retry-after")).isEqualTo("5");
    }

    @Test
    void slotsComeBackWhenTheirClientsAreGivenUp() throws IOException {
        holdAllSlots();
        for (RawSocket held : List.copyOf(open).subList(0, SLOTS)) {
            assertThat(held.readAnswer().status()).isEqualTo(408);
        }
        assertThat(send("GET /api/v4/open").readAnswer().status()).isEqualTo(200);
    }
}
