package io.fairlead.cli.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is not whole is never taken for the whole. */
class ForgeApiTest {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private ForgeApi api;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        api = new ForgeApi(
                new ServerLocation(url, Optional.empty(), Optional.empty()),
                "token",
                new ForgeApi.Limits(Duration.ofSeconds(1), 1 << 20, 3));
    }

    @AfterEach
    void stop() {
        over.countDown();
        api.close();
        server.stop(0);
        threads.shutdownNow();
    }

    private void on(String path, HttpHandler handler) {
        server.createContext("/api/v4" + path, handler);
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void fails(ThrowingCallable call, ExitCode code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    @Test
    void anAnswerThatStopsInItsMiddleIsGivenUp() {
        on("/slow", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        fails(
                () -> api.get("/slow", "the project"),
                ExitCode.UNREACHABLE,
                "gave no whole answer for the project within 1 s");
    }

    @Test
    void anAnswerOfExactlyTheLimitIsReadAndOneByteMoreIsAFailure() {
        String most = "\"" + "a".repeat((1 << 20) - 2) + "\"";
        on("/most", exchange -> answer(exchange, most));
        on("/more", exchange -> answer(exchange, most + " "));
        assertThat(api.get("/most", "it").asString()).hasSize((1 << 20) - 2);
        fails(() -> api.get("/more", "it"), ExitCode.FAILED, "larger than 1 MiB");
    }

    @Test
    void aListWithMorePagesThanAreReadIsAFailure() {
        on("/three", exchange -> page(exchange, 3));
        on("/four", exchange -> page(exchange, 4));
        assertThat(api.list("/three", "agents")).hasSize(3);
        fails(() -> api.list("/four", "agents"), ExitCode.FAILED, "more than 3 pages");
    }

    private static void page(HttpExchange exchange, int pages) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int page = Integer.parseInt(query.substring(query.lastIndexOf('=') + 1));
        exchange.getResponseHeaders().set("X-Next-Page", page < pages ? Integer.toString(page + 1) : "");
        answer(exchange, "[" + page + "]");
    }
}
