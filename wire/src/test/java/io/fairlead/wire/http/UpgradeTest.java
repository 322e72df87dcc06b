package io.fairlead.wire.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that become bytes both ways. */
@ExtendWith(NoLeaks.class)
class UpgradeTest {
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

    static String upgrade(String method, String path) {
        String length = method.equals("POST") ? "Content-Length: 0\r\n" : "";
        return method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: test\r\n" + length
                + "\r\n";
    }

    @ParameterizedTest
    @CsvSource({"GET,false", "POST,false", "GET,true", "POST,true"})
    void carriesBytesBothWays(String method, boolean tls) throws Exception {
        try (RawSocket client = server.connect(tls)) {
            client.send(upgrade(method, "/upgrade"));
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 101 ")
                    .contains("test")
                    .doesNotContainIgnoringCase("length");
            assertThat(client.read(6)).isEqualTo("first;");
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.read(18)).isEqualTo("GET / HTTP/1.1\r\n\r\n");
        }
    }

    @Test
    void goesOnWhenTheServerStoppingHasEndedItsRequests() throws Exception {
        try (TestServer stopping = new TestServer(folder.resolve("stopping"));
                RawSocket idle = stopping.connect(false);
                RawSocket client = stopping.connect(false)) {
            idle.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n").readAnswer();
            client.send(upgrade("GET", "/upgrade")).readHead();
            assertThat(client.read(6)).isEqualTo("first;");
            stopping.server(false).stopAccepting();
            stopping.server(false).endRequests();
            assertThat(idle.ends()).isTrue();
            client.send("more;");
            assertThat(client.read(5)).isEqualTo("more;");
        }
    }

    @Test
    void answersTheLastBytesOfAClientThatEndedItsDirection() throws Exception {
        try (RawSocket client = server.connect(false)) {
            client.send(upgrade("GET", "/upgrade"));
            client.readHead();
            client.send("bytes").endOutput();
            assertThat(client.readToEnd()).isEqualTo("first;bytes;last");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/upgrade/later"})
    void keepsWhatComesBeforeTheSwitchForTheOtherProtocol(String path) throws Exception {
        int begun = server.site.begun.get();
        try (RawSocket client = server.connect(false)) {
            client.send(upgrade("GET", path) + "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
            await().until(() -> server.site.begun.get() > begun);
            client.send("more");
            HttpExchange exchange = server.site.exchanges.getLast();
            exchange.loop().execute(() -> {
                exchange.upgrade(Served.head(101, "Connection", "Upgrade", "Upgrade", "test"));
                exchange.demand();
            });
            client.readHead();
            assertThat(client.read(35 + 4 - 2)).startsWith("GET /hidden HTTP/1.1\r\n");
            assertThat(server.site.begun.get()).isEqualTo(begun + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesAfterAnUpgradeThatWasRefusedAndReadsNothingMore(boolean tls) throws Exception {
        int begun = server.site.begun.get();
        try (RawSocket client = server.connect(tls)) {
            client.send(upgrade("GET", "/upgrade/refused") + "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
            RawSocket.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.field("connection")).isEqualTo("close");
            assertThat(client.ends()).isTrue();
        }
        assertThat(server.site.begun.get()).isEqualTo(begun + 1);
    }

    @Test
    void countsEveryByteOfALongUploadAndStillAnswers() throws Exception {
        int pieces = 200;
        try (RawSocket client = server.connect(false)) {
            client.send(upgrade("POST", "/measure"));
            client.readHead();
            byte[] mebibyte = new byte[1024 * 1024];
            for (int i = 0; i < pieces; i++) {
                client.send(mebibyte);
            }
            client.endOutput();
            assertThat(client.readToEnd()).isEqualTo(Long.toString(pieces * 1024L * 1024));
        }
    }

    @Test
    void keepsTheLastBytesForAClientThatIsStillSending() throws Exception {
        try (RawSocket client = server.connect(false)) {
            int before = server.site.exchanges.size();
            client.send(upgrade("GET", "/never"));
            await().until(() -> server.site.exchanges.size() > before);
            HttpExchange exchange = server.site.exchanges.getLast();
            client.send(new byte[20_000]);
            exchange.loop().execute(() -> {
                exchange.upgrade(Served.head(101, "Connection", "Upgrade", "Upgrade", "test"));
                exchange.write(new Served(exchange).text("last words"));
                exchange.end();
            });
            client.readHead();
            assertThat(client.readToEnd()).isEqualTo("last words");
        }
    }

    @Test
    void tellsOfAClientThatIsKilled() throws Exception {
        int before = server.site.gone.get();
        RawSocket client = server.connect(false);
        client.send(upgrade("GET", "/upgrade"));
        client.readHead();
        client.reset();
        await().until(() -> server.site.gone.get() == before + 1);
    }
}
