package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a connection may be quiet, how many there may be, and how they end. */
@ExtendWith(NoLeaks.class)
class ConnectionLimitsTest {
    @TempDir
    Path folder;

    private TestServer server;

    @BeforeEach
    void start() throws Exception {
        server = new TestServer(folder, limits(Duration.ofMillis(400), Duration.ofMillis(800)));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX"})
    void endsAConnectionWhoseFirstHeadDoesNotCome(String part) throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send(part);
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void endsAConnectionThatIsIdle() throws Exception {
        try (RawSocket client = server.connect(false)) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readAnswer()
                            .status())
                    .isEqualTo(200);
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET / HT", "\r\nGET / HTTP/1.1\r\nHost: x\r\nX"})
    void endsAKeptConnectionWhoseNextHeadDoesNotCome(String part) throws Exception {
        try (TestServer patient = patient();
                RawSocket client = patient.connect(false)) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            client.send(part);
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void endsAKeptConnectionWhoseNextHeadComesDropByDrop() throws Exception {
        try (TestServer patient = patient();
                RawSocket client = patient.connect(false)) {
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            Thread dripping = Thread.ofVirtual().start(() -> {
                try {
                    client.send("GET / HTTP/1.1\r\nHost: x\r\nX: ");
                    while (true) {
                        client.send("x");
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException e) {
                    // The server has had enough.
                }
            });
            assertThat(client.ends()).isTrue();
            dripping.join();
        }
    }

    @Test
    void letsAKeptConnectionBeIdleAfterAnEmptyLine() throws Exception {
        try (TestServer patient = patient();
                RawSocket client = patient.connect(false)) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
                client.send("\r\n");
                await().during(Duration.ofMillis(700)).until(() -> client.available() == 0);
            }
        }
    }

    /** Allows long idleness, so that only the time for a head can end a connection. */
    private TestServer patient() throws Exception {
        return new TestServer(folder, limits(Duration.ofMillis(300), Duration.ofMinutes(10)));
    }

    private static HttpLimits limits(Duration head, Duration idle) {
        return new HttpLimits(16 * 1024, 64 * 1024, head, idle, 3, Duration.ofSeconds(1), 2);
    }

    @Test
    void letsAnAnswerTakeItsTime() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> server.site.exchanges.size() == 1);
            await().during(Duration.ofMillis(1_500)).until(() -> server.site.gone.get() == 0);
            HttpExchange exchange = server.site.exchanges.getFirst();
            exchange.loop().execute(() -> new Served(exchange).answer(200, "at last"));
            assertThat(client.readAnswer().body()).isEqualTo("at last");
        }
    }

    @Test
    void keepsTheTailOfAnAnswerForAReaderThatStops() throws Exception {
        try (RawSocket client = RawSocket.connectNarrow(server.address(false))) {
            client.send("GET /pour/3000000 HTTP/1.0\r\n\r\n");
            client.readHead();
            await().during(Duration.ofMillis(1_500)).until(() -> server.site.gone.get() == 0);
            assertThat(client.readToEnd()).hasSize(3_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 10\r\n\r\n",
                "Content-Length: 10\r\n\r\nhalf",
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
            })
    void answersThatABodyStoppedComing(String part) throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("POST /swallow HTTP/1.1\r\nHost: x\r\n" + part);
            RawSocket.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("stopped coming");
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void letsABodyComeSlowly() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n");
            for (int i = 0; i < 8; i++) {
                await().during(Duration.ofMillis(200)).until(() -> client.available() == 0);
                client.send("x");
            }
            assertThat(client.readAnswer().body()).isEqualTo("8");
        }
    }

    @Test
    void cutsOffWhoStoppedReadingFirstWhenTooManyDo() throws Exception {
        int size = 8_000_000;
        try (RawSocket first = askAndReadNot(size)) {
            await().during(Duration.ofMillis(1_000)).until(() -> server.site.gone.get() == 0);
            try (RawSocket second = askAndReadNot(size);
                    RawSocket third = askAndReadNot(size)) {
                await().until(() -> server.site.gone.get() == 1);
                // A reset, not an end: the answer must not look whole.
                assertThatThrownBy(first::readToEnd).isInstanceOf(IOException.class);
                assertThat(second.readToEnd()).hasSize(size);
                assertThat(third.readToEnd()).hasSize(size);
            }
        }
    }

    private RawSocket askAndReadNot(int size) throws Exception {
        RawSocket client = RawSocket.connectNarrow(server.address(false));
        client.send("GET /pour/" + size + " HTTP/1.0\r\n\r\n").readHead();
        return client;
    }

    @Test
    void doesNotPileUpAnswersForAClientThatOnlyAsks() throws Exception {
        int requests = 4_000;
        String request = "GET /hello/" + "a".repeat(8_000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        try (RawSocket client = RawSocket.connectNarrow(server.address(false))) {
            Thread asking = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        client.send(request);
                    }
                } catch (IOException e) {
                    // The counts show it.
                }
            });
            AtomicInteger last = new AtomicInteger();
            await().during(Duration.ofSeconds(1)).until(() -> {
                int begun = server.site.begun.get();
                return begun > 0 && last.getAndSet(begun) == begun;
            });
            // 32 MB were asked for; what is kept of that is in the system's buffers and one high-water mark.
            assertThat(server.site.begun).hasValueLessThan(requests / 2);
            for (int i = 0; i < requests; i++) {
                assertThat(client.readAnswer().body()).hasSize("hello /hello/".length() + 8_000);
            }
            asking.join();
        }
    }

    @Test
    void closesFurtherConnectionsWhenTooManyAreOpen() throws Exception {
        try (RawSocket first = server.connect(false);
                RawSocket second = server.connect(false);
                RawSocket third = server.connect(false)) {
            for (RawSocket open : new RawSocket[] {first, second, third}) {
                open.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            await().until(() -> server.site.exchanges.size() == 3);
            try (RawSocket fourth = server.connect(false)) {
                assertThat(fourth.ends()).isTrue();
            }
        }
    }

    @Test
    void drainsIdleConnectionsAtOnceAndRunningOnesAfterTheirAnswer() throws Exception {
        try (RawSocket idle = server.connect(false);
                RawSocket busy = server.connect(false)) {
            idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            busy.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> server.site.exchanges.size() == 2);
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    server.server(false).close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThat(idle.ends()).isTrue();
            HttpExchange exchange = server.site.exchanges.get(1);
            exchange.loop().execute(() -> new Served(exchange).answer(200, "still served"));
            RawSocket.Answer answer = busy.readAnswer();
            assertThat(answer.body()).isEqualTo("still served");
            assertThat(answer.field("connection")).isEqualTo("close");
            closing.join();
        }
    }
}
