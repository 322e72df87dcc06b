package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.error.FairleadException;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers, byte by byte, in clear text and over TLS. */
@ExtendWith(NoLeaks.class)
class HttpServerTest {
    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new TestServer(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    @Test
    void saysWhichAddressIsTaken() {
        HttpServer second = new HttpServer(
                HttpServerConfig.at(server.address(false)).withDrainTimeout(Duration.ZERO), server.loops, server.site);

        assertThatThrownBy(second::start)
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining(
                        "HTTP on 127.0.0.1:" + server.address(false).getPort())
                .extracting(error -> ((FairleadException) error).code())
                .isEqualTo("listen.address-in-use");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void servesOneRequestAfterTheOtherOnOneConnection(boolean tls) throws Exception {
        try (RawSocket client = server.connect(tls)) {
            for (int i = 0; i < 5; i++) {
                RawSocket.Answer answer = client.send(get("/hello/" + i)).readAnswer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("hello /hello/" + i);
                assertThat(answer.field("connection")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersPipelinedRequestsInOrder(boolean tls) throws Exception {
        try (RawSocket client = server.connect(tls)) {
            client.send(
                    get("/hello/a") + get("/chunks") + "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                            + get("/status/204") + get("/hello/b"));
            assertThat(client.readAnswer().body()).isEqualTo("hello /hello/a");
            assertThat(client.readAnswer().body()).isEqualTo("piece 0;piece 1;piece 2;");
            assertThat(client.readAnswer().body()).isEqualTo("abc");
            assertThat(client.readAnswer().status()).isEqualTo(204);
            assertThat(client.readAnswer().body()).isEqualTo("hello /hello/b");
        }
    }

    @Test
    void sendsNoBodyWhereNoneIsAllowed() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("HEAD /hello/h HTTP/1.1\r\nHost: x\r\n\r\n" + get("/status/204") + get("/status/304")
                    + "HEAD /chunks HTTP/1.1\r\nHost: x\r\n\r\n" + get("/hello/after"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: 14");
            assertThat(client.readHead()).startsWith("HTTP/1.1 204 ").doesNotContainIgnoringCase("content-length");
            assertThat(client.readHead()).startsWith("HTTP/1.1 304 ").doesNotContainIgnoringCase("transfer-encoding");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readAnswer().body()).isEqualTo("hello /hello/after");
        }
    }

    @Test
    void closesAfterAnHttp10RequestAndDoesNotChunk() throws Exception {
        try (RawSocket client = server.connect(false)) {
            String answer = client.send("GET /chunks HTTP/1.0\r\n\r\n").readToEnd();
            assertThat(answer).endsWith("\r\n\r\npiece 0;piece 1;piece 2;").doesNotContainIgnoringCase("chunked");
        }
    }

    @Test
    void closesWhenTheClientAsksForIt() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(client.readAnswer().field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsAChunkedBodyBackWhileItStillComes(boolean tls) throws Exception {
        try (RawSocket client = server.connect(tls)) {
            client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            assertThat(client.readHead()).containsIgnoringCase("transfer-encoding: chunked");
            assertThat(client.read(8)).isEqualTo("3\r\nabc\r\n");
            client.send("5;ext=1\r\ndefgh\r\n");
            assertThat(client.read(10)).isEqualTo("5\r\ndefgh\r\n");
            client.send("0\r\nImpersonate-User: admin\r\n\r\n");
            assertThat(client.read(5)).isEqualTo("0\r\n\r\n");
            assertThat(client.send(get("/hello")).readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void sendsContinueWhenTheBodyIsWanted() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("POST /swallow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(client.send("12345").readAnswer().body()).isEqualTo("5");
            assertThat(client.send(get("/hello")).readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void closesAfterAnAnswerThatDidNotWaitForAHeldBackBody() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            RawSocket.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.field("connection")).isEqualTo("close");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deliversAnEarlyAnswerToAClientThatKeepsSending(boolean tls) throws Exception {
        try (RawSocket client = server.connect(tls)) {
            client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 500; i++) {
                        client.send(new byte[100_000]);
                    }
                } catch (IOException e) {
                    // Cut off, as may be.
                }
            });
            assertThat(client.readAnswer().status()).isEqualTo(403);
            client.close();
            sender.join();
        }
    }

    @Test
    void servesTheNextRequestAfterAShortUnwantedBody() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send("POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345" + get("/hello"));
            assertThat(client.readAnswer().status()).isEqualTo(403);
            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/short", "/long", "/fields/5/5", "/fields/5/6", "/fields/-5", "/fields/+5", "/fields/5x"})
    void breaksOffAnAnswerWhoseLengthIsWrong(String path) throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send(get(path));
            assertThatThrownBy(client::readAnswer).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsAtOnceWhenAClientThatWaitsIsGone(boolean tls) throws Exception {
        int before = server.site.gone.get();
        try (RawSocket client = server.connect(tls)) {
            int begun = server.site.begun.get();
            client.send(get("/never"));
            await().until(() -> server.site.begun.get() > begun);
        }
        await().until(() -> server.site.gone.get() == before + 1);
    }

    @Test
    void tellsWhenAClientIsKilledWithinItsBody() throws Exception {
        int before = server.site.gone.get();
        RawSocket client = server.connect(false);
        int begun = server.site.begun.get();
        client.send("POST /never HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
        await().until(() -> server.site.begun.get() > begun);
        client.reset();
        await().until(() -> server.site.gone.get() == before + 1);
    }

    @Test
    void answersAClientThatEndsItsDirectionWithTheRequest() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send(get("/hello/half"));
            client.endOutput();
            assertThat(client.readToEnd()).endsWith("hello /hello/half");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void holdsLittleForAReaderThatStopsAndLosesNothing(boolean tls) throws Exception {
        long size = 16L * 1024 * 1024;
        long before = server.site.written.get();
        try (RawSocket client = tls ? server.connect(true) : RawSocket.connectNarrow(server.address(false))) {
            client.send("GET /pour/" + size + " HTTP/1.0\r\n\r\n");
            client.readHead();
            AtomicLong last = new AtomicLong(-1);
            await().during(Duration.ofMillis(300)).until(() -> {
                long now = server.site.written.get();
                return last.getAndSet(now) == now && now > before;
            });
            // Our own buffers and the kernel's; the kernel's may grow to some megabytes.
            assertThat(server.site.written.get() - before).isLessThan(size * 3 / 4);
            long at = 0;
            for (byte[] some = client.readSome(65_536); some.length > 0; some = client.readSome(65_536)) {
                for (byte b : some) {
                    if ((b & 0xff) != at++ % 251) {
                        throw new AssertionError("wrong byte at " + (at - 1));
                    }
                }
            }
            assertThat(at).isEqualTo(size);
        }
    }

    /** Each cut is one connection; none is sent its second half before all have been read their first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\n \tab\r",
                "Content-Length: 5\r\n\r\n\r\n\r\n\t",
                "Transfer-Encoding: chunked\r\n\r\n4;a=b\r\n \t\r\n\r\n01\r\n\t\r\n0\r\nT: x\r\n\r\n"
            })
    void readsARequestHoweverItIsCut(String fieldsAndBody) throws Exception {
        String request = "\r\nPOST /swallow HTTP/1.1\r\nHost: x\r\n" + fieldsAndBody;
        List<RawSocket> clients = new ArrayList<>();
        for (int cut = 1; cut < request.length(); cut++) {
            clients.add(server.connect(false).send(request.substring(0, cut)));
        }
        for (int i = 0; i < 8; i++) {
            try (RawSocket other = server.connect(false)) {
                other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            }
        }
        for (int cut = 1; cut < request.length(); cut++) {
            try (RawSocket client = clients.get(cut - 1)) {
                client.send(request.substring(cut) + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(client.readAnswer().body()).as("cut at " + cut).isEqualTo("5");
                assertThat(client.readAnswer().body()).as("cut at " + cut).isEqualTo("hello /next");
            }
        }
    }
}
