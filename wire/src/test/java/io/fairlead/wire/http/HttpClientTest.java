package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.wire.http.HttpFailure.Progress;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against servers that do what servers do. */
@ExtendWith(NoLeaks.class)
class HttpClientTest {
    private static final RequestBody NONE = new RequestBody.None();
    private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    private EventLoops loops;
    private HttpClient client;

    @BeforeEach
    void open() {
        // One loop, so that every call may use what the one before left.
        loops = EventLoops.of(1, "test-client");
        client = new HttpClient(loops, ClientConfig.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        await().until(() -> client.openConnections() == 0);
        loops.close();
    }

    private Heard get(Origin origin) {
        return Heard.send(client, origin, "GET", "/", NONE);
    }

    private static void failsWith(Heard heard, Progress progress, String... words) {
        assertThatThrownBy(heard::whole)
                .cause()
                .asInstanceOf(InstanceOfAssertFactories.type(HttpFailure.class))
                .satisfies(failure -> {
                    assertThat(failure.progress()).isEqualTo(progress);
                    assertThat(failure.getMessage()).contains(words);
                });
        assertThat(heard.ends).hasValue(1);
    }

    @Test
    void usesAConnectionAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            for (int i = 0; i < 3; i++) {
                connection.readHead();
                connection.send(HELLO);
            }
        })) {
            for (int i = 0; i < 3; i++) {
                assertThat(get(server.origin()).whole()).isEqualTo("hello");
            }
            assertThat(server.accepted).hasValue(1);
        }
    }

    @Test
    void sendsAGetAgainWhenItsKeptConnectionWasJustClosed() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                connection -> {
                    connection.readHead();
                    connection.send(HELLO);
                    connection.readHead();
                    connection.close();
                },
                connection -> {
                    connection.readHead();
                    connection.send(HELLO);
                })) {
            get(server.origin()).whole();
            assertThat(get(server.origin()).whole()).isEqualTo("hello");
            assertThat(server.accepted).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "DELETE", "PATCH"})
    void neverRepeatsWhatMayHaveChangedSomething(String method) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send(HELLO);
            connection.readHead();
            connection.close();
        })) {
            get(server.origin()).whole();
            failsWith(Heard.send(client, server.origin(), method, "/", NONE), Progress.UNANSWERED, "without an answer");
            assertThat(server.accepted).hasValue(1);
        }
    }

    @Test
    void givesAnUpgradeAConnectionOfItsOwn() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                connection -> {
                    connection.readHead();
                    connection.send(HELLO);
                    connection.ends();
                },
                connection -> {
                    String head = connection.readHead();
                    connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\nearly ");
                    connection.send("[" + head.lines().findFirst().orElse("") + "]");
                    connection.send(connection.readToEnd());
                    connection.close();
                })) {
            get(server.origin()).whole();
            Heard heard = Heard.send(client, server.origin(), "POST", "/exec", NONE, "Upgrade", "test");
            await().until(() -> heard.body.toString().contains("]"));
            assertThat(heard.upgraded()).isTrue();
            loops.group().next().execute(() -> {
                heard.call().write(Unpooled.copiedBuffer("mine", StandardCharsets.US_ASCII));
                heard.call().endRequest();
            });
            assertThat(heard.whole()).isEqualTo("early [POST /exec HTTP/1.1]mine");
            assertThat(server.accepted).hasValue(2);
        }
    }

    @Test
    void doesNotTakeAResetForTheEndOfAnUpgradedStream() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\npart");
            connection.read(1);
            connection.reset();
        })) {
            Heard heard = Heard.send(client, server.origin(), "GET", "/", NONE, "Upgrade", "test");
            await().until(() -> heard.body.toString().equals("part"));
            loops.group()
                    .next()
                    .execute(() -> heard.call().write(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII)));
            failsWith(heard, Progress.BROKEN_OFF, "broke its answer off");
        }
    }

    @Test
    void refusesASwitchItDidNotAskFor() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n");
            connection.ends();
        })) {
            failsWith(get(server.origin()), Progress.BROKEN_OFF, "without being asked");
        }
    }

    @Test
    void passesOverInterimAnswers() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            for (int i = 0; i < 2; i++) {
                connection.readHead();
                connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + HELLO);
            }
        })) {
            assertThat(get(server.origin()).whole()).isEqualTo("hello");
            Heard second = get(server.origin());
            assertThat(second.whole()).isEqualTo("hello");
            assertThat(second.head.get().status()).isEqualTo(200);
        }
    }

    @Test
    void readsAnAnswerThatEndsWithItsConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\n\r\nas long as it is");
            connection.close();
        })) {
            assertThat(get(server.origin()).whole()).isEqualTo("as long as it is");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nZZ\r\nxx\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n-1\r\nxx\r\n0\r\n\r\n"
            })
    void neverTakesABrokenAnswerForAWholeOne(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send(answer);
            connection.close();
        })) {
            Heard heard = get(server.origin());
            failsWith(heard, Progress.BROKEN_OFF, "broke its answer off");
        }
    }

    @Test
    void failsWhenTheAnswerIsNotHttp() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("SSH-2.0-x\r\n\r\n");
            connection.ends();
        })) {
            failsWith(get(server.origin()), Progress.UNANSWERED, "http://127.0.0.1:");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1\t200\tOK\r\nContent-Length: 5\r\n\r\nhello",
                "http/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello",
                "\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            })
    void refusesAnAnswerThatReadersUnderstandDifferently(String answer) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send(answer);
            connection.ends();
        })) {
            failsWith(get(server.origin()), Progress.UNANSWERED, "gave an answer that cannot be read");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"5 5\r\nhello\r\n", "5 \r\nhello\r\n", "0x5\r\nhello\r\n", "5\r\nhello!\r\n", "\r\n"})
    void breaksOffAtChunksThatReadersUnderstandDifferently(String chunk) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n");
            connection.ends();
        })) {
            failsWith(get(server.origin()), Progress.BROKEN_OFF, "not well-formed");
        }
    }

    @Test
    void readsAnAnswerHoweverItIsCut() throws Exception {
        String answer = "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;a=b\r\n\r\n \r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        try (ScriptedServer server = new ScriptedServer(connection -> {
            while (true) {
                String head = connection.readHead();
                int cut = Integer.parseInt(head.replaceAll("(?s)GET /(\\d+) .*", "$1"));
                connection.send(answer.substring(0, cut));
                // The other half leaves when the first has surely been read.
                Thread.sleep(5);
                connection.send(answer.substring(cut));
            }
        })) {
            for (int cut = 1; cut < answer.length(); cut++) {
                assertThat(Heard.send(client, server.origin(), "GET", "/" + cut, NONE)
                                .whole())
                        .isEqualTo("\r\n 0123456789");
            }
            assertThat(server.accepted).hasValue(1);
        }
    }

    @Test
    void neverGivesASecondAnswerToTheNextCall() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                connection -> {
                    connection.readHead();
                    connection.send(HELLO + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled");
                    connection.ends();
                },
                connection -> {
                    connection.readHead();
                    connection.send(HELLO);
                })) {
            assertThat(get(server.origin()).whole()).isEqualTo("hello");
            assertThat(get(server.origin()).whole()).isEqualTo("hello");
        }
    }

    @Test
    void closesAConnectionWhoseServerAnsweredBeforeItHadTheBody() throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno");
            connection.ends();
        })) {
            Heard heard = Heard.send(client, server.origin(), "POST", "/", new RequestBody.Sized(100));
            assertThat(heard.whole()).isEqualTo("no");
            await().until(() -> client.openConnections() == 0);
        }
    }

    @Test
    void closesTheConnectionOfACancelledCall() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
            if (connection.ends()) {
                ended.countDown();
            }
        })) {
            Heard heard = get(server.origin());
            await().until(() -> heard.body.toString().equals("half"));
            loops.group().next().execute(() -> heard.call().cancel());
            ended.await();
            assertThat(heard.ends).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678901", "12345"})
    void breaksOffARequestWhoseBodyIsNotAsLongAsItSaid(String body) throws Exception {
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            connection.readToEnd();
        })) {
            Heard heard = Heard.send(client, server.origin(), "POST", "/", new RequestBody.Sized(10));
            await().until(heard::sent);
            loops.group().next().execute(() -> {
                heard.call().write(Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
                heard.call().endRequest();
            });
            failsWith(heard, Progress.UNANSWERED, "than it said");
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        int port;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        failsWith(get(Origin.plain("127.0.0.1", port)), Progress.UNSENT, "cannot connect to http://127.0.0.1:" + port);
    }

    @Test
    void saysThatACertificateIsNotTrusted(@TempDir Path folder) throws Exception {
        try (TestServer server = new TestServer(folder)) {
            Origin origin = new Origin(
                    "localhost",
                    server.address(true).getPort(),
                    Optional.of(ClientTls.context(Optional.empty(), false, List.of("http/1.1"))),
                    Optional.empty());
            failsWith(get(origin), Progress.UNSENT, "TLS with https://localhost:");
            Origin trusted = new Origin(
                    "localhost",
                    server.address(true).getPort(),
                    Optional.of(
                            ClientTls.context(Optional.of(server.ca.certificateFile()), false, List.of("http/1.1"))),
                    Optional.empty());
            assertThat(get(trusted).whole()).startsWith("hello");
            Origin otherName =
                    new Origin("localhost", trusted.port(), trusted.tls(), Optional.of("kubernetes.default.svc"));
            failsWith(get(otherName), Progress.UNSENT, "TLS with");
        }
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws Exception {
        HttpClient small =
                new HttpClient(loops, new ClientConfig(Duration.ofSeconds(5), Duration.ofSeconds(5), 1, 2, 64 * 1024));
        try (ScriptedServer server = new ScriptedServer(
                connection -> connection.ends(), connection -> connection.ends(), connection -> connection.ends())) {
            Heard.send(small, server.origin(), "GET", "/", NONE);
            Heard.send(small, server.origin(), "GET", "/", NONE);
            await().until(() -> server.accepted.get() == 2);
            failsWith(Heard.send(small, server.origin(), "GET", "/", NONE), Progress.UNSENT, "2 are open");
        } finally {
            small.close();
            await().until(() -> small.openConnections() == 0);
        }
    }

    /** What is written before the connection stands, and when it has room again, arrives in the order it was written. */
    @Test
    void keepsTheOrderOfABodyThatBeganBeforeItsConnection() throws Exception {
        int pieces = 4_000;
        CompletableFuture<Boolean> ordered = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer(connection -> {
            connection.readHead();
            boolean right = true;
            for (int i = 0; i < pieces; i++) {
                byte[] piece = connection.readBytes(1024);
                right &= (piece[0] & 0xff) == i >> 8 && (piece[1] & 0xff) == (i & 0xff);
            }
            ordered.complete(right);
            connection.send(HELLO);
        })) {
            Pouring pouring = new Pouring(pieces);
            client.loopForCaller().execute(() -> {
                pouring.call = client.send(
                        server.origin(),
                        new RequestHead("POST", "/", Headers.empty()),
                        new RequestBody.Sized(1024L * pieces),
                        pouring);
                pouring.onWritable();
            });
            assertThat(ordered.get(15, TimeUnit.SECONDS)).isTrue();
            pouring.ended.get(15, TimeUnit.SECONDS);
        }
    }

    /** Writes numbered pieces of 1 KiB for as long as there is room. */
    private static final class Pouring implements ResponseListener {
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final int pieces;
        private @Nullable HttpCall call;
        private int next;

        Pouring(int pieces) {
            this.pieces = pieces;
        }

        @Override
        public void onWritable() {
            HttpCall current = call;
            while (current != null && next < pieces && current.writable()) {
                int number = next++;
                current.write(Unpooled.buffer(1024)
                        .writeByte(number >> 8)
                        .writeByte(number)
                        .writeZero(1022));
                if (next == pieces) {
                    current.endRequest();
                }
            }
        }

        @Override
        public void onHead(ResponseHead head) {
            if (call != null) {
                call.demand();
            }
        }

        @Override
        public void onUpgrade(ResponseHead head) {}

        @Override
        public void onData(ByteBuf data) {
            data.release();
        }

        @Override
        public void onTurn() {}

        @Override
        public void onEnd() {
            ended.complete(null);
        }

        @Override
        public void onFailure(HttpFailure failure) {
            ended.completeExceptionally(failure);
        }
    }
}
