package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two readers could understand differently: one answer that says so, and the connection ends. */
@ExtendWith(NoLeaks.class)
class RefusedRequestTest {
    private static final String HIDDEN = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";

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

    static Stream<Arguments> requests() {
        return Stream.of(
                bad("two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
                bad(
                        "the same length twice",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
                bad("a list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n"),
                bad(
                        "length and chunks",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
                bad(
                        "chunks and length",
                        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"),
                bad("negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
                bad("length with a sign", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n"),
                bad(
                        "length beyond numbers",
                        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"),
                bad("unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n"),
                bad(
                        "coding after chunked",
                        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n"),
                bad("coding before chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
                bad(
                        "chunked twice",
                        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
                bad("chunked with a tab", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u000bchunked\r\n\r\n"),
                bad("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
                bad("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
                bad("no host", "GET / HTTP/1.1\r\n\r\n"),
                bad("user in the host", "GET / HTTP/1.1\r\nHost: x@y\r\n\r\n"),
                bad("path in the host", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
                bad("query in the host", "GET / HTTP/1.1\r\nHost: x?\r\n\r\n"),
                bad("space in the host", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"),
                bad("absolute form", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("authority form", "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("bare LF", "GET / HTTP/1.1\nHost: x\n\n"),
                bad("bare LF after a header", "GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n"),
                bad("folded header", "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n"),
                bad("folded with a tab", "GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n\tImpersonate-User: b\r\n\r\n"),
                bad("space before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
                bad("space before the colon", "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n"),
                bad("no colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
                bad("NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"),
                bad("CR in a value", "GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n"),
                bad(
                        "two upgrades",
                        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: a\r\nUpgrade: b\r\n\r\n"),
                bad(
                        "upgrade with a body",
                        "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: a\r\nContent-Length: 5\r\n\r\n"),
                bad(
                        "upgrade with chunks",
                        "POST / HTTP/1.1\r\nHost: x\r\nUpgrade: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
                bad("control character in the target", "GET /a\u0001b HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("high byte in the target", "GET /a\u00e9b HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("a tab after the method", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("a tab before the version", "GET /\tHTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("a space after the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"),
                bad("a space before the method", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
                bad("version in lower case", "GET / http/1.1\r\nHost: x\r\n\r\n"),
                bad("no version", "GET /\r\nHost: x\r\n\r\n"),
                bad("a name with a space", "GET / HTTP/1.1\r\nHost: x\r\nX A: b\r\n\r\n"),
                bad("a name with a tab", "GET / HTTP/1.1\r\nHost: x\r\nX\tA: b\r\n\r\n"),
                bad("no name", "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"),
                bad("a name of other letters", "GET / HTTP/1.1\r\nHost: x\r\nX\u00e9: b\r\n\r\n"),
                bad("upgrade without Connection", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: SPDY/3.1\r\n\r\n"),
                bad(
                        "upgrade with another Connection",
                        "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nUpgrade: SPDY/3.1\r\n\r\n"),
                bad("garbage", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n"),
                bad("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                Arguments.of("CONNECT", 405, "CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of("newer version", 505, "GET / HTTP/3.0\r\nHost: x\r\n\r\n"),
                Arguments.of("long target", 414, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                Arguments.of("long header", 431, "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(70_000) + "\r\n\r\n"),
                Arguments.of(
                        "many headers",
                        431,
                        "GET / HTTP/1.1\r\nHost: x\r\n" + "X: yyyyyyyy\r\n".repeat(10_000) + "\r\n"));
    }

    private static Arguments bad(String what, String request) {
        return Arguments.of(what, 400, request);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requests")
    void isAnsweredOnceAndNothingAfterItIsServed(String what, int status, String request) throws Exception {
        int begun = server.site.begun.get();
        try (RawSocket client = RawSocket.connect(server.address(false))) {
            client.send(request + HIDDEN);
            RawSocket.Answer answer = client.readAnswer();
            assertThat(answer.status()).as(what).isIn(status, what.startsWith("HTTP/2") ? 505 : status);
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(answer.body()).isNotBlank();
            assertThat(client.ends()).isTrue();
        }
        assertThat(server.site.begun.get()).isEqualTo(begun);
    }

    @Test
    void refusesMalformedChunksAndServesNothingAfterThem() throws Exception {
        for (String chunk : new String[] {
            "5 5\r\nhello\r\n",
            "5 \r\nhello\r\n",
            " 5\r\nhello\r\n",
            "0x5\r\nhello\r\n",
            "\r\n",
            "5;\0\r\nhello\r\n",
            "zz\r\n",
            "-1\r\nab",
            "5\r\nabcdefgh\r\n",
            "3\nabc\n0\n\n",
            "fffffffff\r\n"
        }) {
            try (RawSocket client = server.connect(false)) {
                client.send("POST /swallow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + HIDDEN);
                RawSocket.Answer answer = client.readAnswer();
                assertThat(answer.status()).as(chunk).isEqualTo(400);
                assertThat(answer.field("connection")).isEqualTo("close");
                assertThat(client.ends()).as(chunk).isTrue();
            }
        }
    }

    @Test
    void saysInPlainTextThatThePortSpeaksTls() throws Exception {
        try (RawSocket client = RawSocket.connect(server.address(true))) {
            assertThat(client.send(HIDDEN).readToEnd())
                    .startsWith("HTTP/1.1 400 ")
                    .contains("https://");
        }
    }
}
