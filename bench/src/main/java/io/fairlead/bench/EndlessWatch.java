package io.fairlead.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands in an API server's place: {@code /watch} tells an event 50 times a second and never ends by itself. */
final class EndlessWatch implements AutoCloseable {
    static final String EVENT = "event\n";
    private static final int EVENT_EVERY_MILLIS = 20;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    EndlessWatch() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.createContext("/watch", EndlessWatch::events);
        server.start();
    }

    private static void events(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (exchange) {
            while (!Thread.currentThread().isInterrupted()) {
                exchange.getResponseBody().write(EVENT.getBytes(StandardCharsets.US_ASCII));
                exchange.getResponseBody().flush();
                Pause.millis(EVENT_EVERY_MILLIS);
            }
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
