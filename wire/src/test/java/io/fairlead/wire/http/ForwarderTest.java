package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server in front of another one. */
@ExtendWith(NoLeaks.class)
class ForwarderTest {
    @TempDir
    static Path folder;

    private static TestServer behind;
    private static HttpClient client;
    private static HttpServer front;

    @BeforeAll
    static void start() throws Exception {
        behind = new TestServer(folder);
        client = new HttpClient(behind.loops, ClientConfig.DEFAULT);
        front = front(Origin.plain("127.0.0.1", behind.address(false).getPort()));
    }

    private static HttpServer front(Origin origin) throws Exception {
        HttpServer server = new HttpServer(
                HttpServerConfig.at(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .withDrainTimeout(Duration.ofSeconds(5)),
                behind.loops,
                new Routes(List.of(Routes.Route.path("", new Forwarder(client, origin, "https", RandomIds.secure())))));
        server.start();
        return server;
    }

    @AfterAll
    static void stop() throws Exception {
        front.close();
        client.close();
        behind.close();
    }

    private static RawSocket connect() throws IOException {
        return RawSocket.connect(front.address());
    }

    @Test
    void anOfferOfHttp2IsNoUpgrade() throws Exception {
        String offer =
                " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n";
        try (RawSocket socket = connect()) {
            assertThat(socket.send("GET /hello" + offer + "\r\n").readAnswer().status())
                    .isEqualTo(200);
            assertThat(behind.site.exchanges.getLast().request().headers().contains("HTTP2-Settings"))
                    .isFalse();
            assertThat(behind.site.exchanges.getLast().request().headers().contains("Upgrade"))
                    .isFalse();
            assertThat(socket.send("POST /echo" + offer + "Content-Length: 3\r\n\r\nabc")
                            .readAnswer()
                            .body())
                    .isEqualTo("abc");
        }
    }

    @Test
    void aTrustedProxyNamesTheClient() throws Exception {
        try (RawSocket socket = behind.connect(false)) {
            socket.send("GET /hello HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1, 198.51.100.7\r\n\r\n")
                    .readAnswer();
            assertThat(behind.site.exchanges.getLast().client()).isEqualTo(new InetSocketAddress("198.51.100.7", 0));
        }
    }

    @Test
    void forwardsRequestsAndSaysWhereTheyCameFrom() throws Exception {
        try (RawSocket socket = connect()) {
            socket.send(
                    "GET /hello/a%2Fb?q=%20 HTTP/1.1\r\nHost: name:1\r\nX-Forwarded-For: 9.9.9.9\r\nForwarded: for=9\r\n"
                            + "Connection: X-Secret\r\nX-Secret: 1\r\nX-Kept: 2\r\n\r\n");
            assertThat(socket.readAnswer().body()).isEqualTo("hello /hello/a%2Fb");
            RequestHead seen = behind.site.exchanges.getLast().request();
            assertThat(seen.target()).isEqualTo("/hello/a%2Fb?q=%20");
            assertThat(seen.headers().all("Host")).containsExactly("name:1");
            assertThat(seen.headers().all("X-Forwarded-For")).containsExactly("127.0.0.1");
            assertThat(seen.headers().all("X-Forwarded-Proto")).containsExactly("https");
            assertThat(seen.headers().all("X-Kept")).containsExactly("2");
            assertThat(seen.headers().contains("Forwarded")).isFalse();
            assertThat(seen.headers().contains("X-Secret")).isFalse();
            assertThat(socket.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n")
                            .readAnswer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void streamsBothWaysAtOnce() throws Exception {
        try (RawSocket socket = connect()) {
            socket.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            assertThat(socket.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(socket.read(8)).isEqualTo("3\r\nabc\r\n");
            socket.send("0\r\n\r\n");
            assertThat(socket.read(5)).isEqualTo("0\r\n\r\n");
        }
    }

    @Test
    void forwardsUpgradesAndTheirEnds() throws Exception {
        try (RawSocket socket = connect()) {
            socket.send(UpgradeTest.upgrade("POST", "/upgrade"));
            assertThat(socket.readHead()).startsWith("HTTP/1.1 101 ");
            socket.send("bytes").endOutput();
            assertThat(socket.readToEnd()).isEqualTo("first;bytes;last");
        }
    }

    @Test
    void deliversWholeAnswersToASlowReader() throws Exception {
        try (RawSocket socket = RawSocket.connectNarrow(front.address())) {
            socket.send("GET /pour/8000000 HTTP/1.0\r\n\r\n");
            socket.readHead();
            assertThat(socket.readToEnd()).hasSize(8_000_000);
        }
    }

    @Test
    void saysInASentenceThatNobodyIsBehindIt() throws Exception {
        int port;
        try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        HttpServer lonely = front(Origin.plain("127.0.0.1", port));
        try (RawSocket socket = RawSocket.connect(lonely.address())) {
            RawSocket.Answer answer =
                    socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body())
                    .contains("gave no answer")
                    .contains("trace id ")
                    .doesNotContain("127.0.0.1")
                    .doesNotContain(Integer.toString(port));
        } finally {
            lonely.close();
        }
    }

    @Test
    void breaksOffWhatIsBrokenOff() throws Exception {
        try (RawSocket socket = connect()) {
            // Nothing of the short answer had left the server behind when it gave up.
            socket.send("GET /short HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(socket.readAnswer().status()).isEqualTo(502);
        }
    }

    @Test
    void leavesTheServerBehindWhenItsClientLeaves() throws Exception {
        int before = behind.site.gone.get();
        try (RawSocket socket = connect()) {
            int begun = behind.site.begun.get();
            socket.send("GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> behind.site.begun.get() > begun);
        }
        await().until(() -> behind.site.gone.get() == before + 1);
    }
}
