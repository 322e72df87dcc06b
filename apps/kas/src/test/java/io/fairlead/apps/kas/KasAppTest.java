package io.fairlead.apps.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.env.Environment;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.loop.EventLoops;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kas as a whole, with a GitLab side that lets everybody to an agent that never comes. */
class KasAppTest {
    private static final String MAY = """
            {"agent": {"id": 7, "config_project": {"id": 3}}, "user": {"id": 5, "username": "dana"},
             "access_as": {"agent": {}}}""";

    @TempDir
    Path folder;

    private final EventLoops loops = EventLoops.of(1, "test-kas");
    private final AtomicInteger decided = new AtomicInteger();
    private HttpServer gitlab;

    @BeforeEach
    void open() throws Exception {
        gitlab = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gitlab.createContext("/", exchange -> {
            byte[] body = MAY.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            decided.incrementAndGet();
        });
        gitlab.start();
    }

    @AfterEach
    void close() throws Exception {
        gitlab.stop(0);
        loops.close();
    }

    @Test
    void tellsWhoWaitsForAnAgentThatItStops() throws Exception {
        try (KasApp kas = new KasApp(config(), loops)) {
            kas.start();
            try (RawSocket client = RawSocket.connect(kas.proxyAddress().orElseThrow())) {
                client.send("GET /api HTTP/1.1\r\nHost: kas\r\nAuthorization: Bearer pat:7:token\r\n\r\n");
                await().until(() -> decided.get() == 1);
                FutureTask<Void> stopping = new FutureTask<>(() -> {
                    kas.close();
                    return null;
                });
                Thread.ofVirtual().start(stopping);
                RawSocket.Answer answer = client.readAnswer();
                assertThat(answer.status()).as(answer.body()).isEqualTo(503);
                assertThat(answer.body()).contains("kas is shutting down");
                stopping.get();
            }
        }
    }

    private KasConfig config() throws Exception {
        Path secret =
                Files.writeString(folder.resolve("secret"), Base64.getEncoder().encodeToString(new byte[32]));
        Path file = Files.writeString(
                folder.resolve("kas.yaml"), """
                gitlab: {address: "http://127.0.0.1:%d", authentication_secret_file: "%s"}
                agent:
                  listen: {address: "127.0.0.1:0", listen_grace_period: 0s}
                  kubernetes_api: {listen: {address: "127.0.0.1:0", shutdown_grace_period: 25s}}
                api: {listen: {address: "127.0.0.1:0", authentication_secret_file: "%s"}}
                observability: {listen: {address: "127.0.0.1:0"}}
                """.formatted(gitlab.getAddress().getPort(), secret, secret));
        return ConfigLoader.load(ConfigInput.of(Optional.of(file), new Environment(Map.of())), KasConfig::read)
                .value();
    }
}
