package io.fairlead.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A forge that answers as it was told and remembers what it was asked. */
final class FakeForge implements AutoCloseable {
    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> targets = new ArrayList<>();
    private final List<String> bearers = new ArrayList<>();

    FakeForge() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    /** Answers {@code request}, method and raw path below /api/v4, with or without query; with it counts first. */
    FakeForge answer(String request, int status, String body) {
        answers.put(request, new Answer(status, body));
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Each request as {@code METHOD path token body}. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    /** Each request as {@code METHOD path?query}. */
    synchronized List<String> targets() {
        return List.copyOf(targets);
    }

    /** What came as {@code Authorization}. */
    synchronized List<String> bearers() {
        return List.copyOf(bearers);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath().replaceFirst("^/api/v4", "");
            String request = exchange.getRequestMethod() + " " + path;
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String token = exchange.getRequestHeaders().containsKey("JOB-TOKEN")
                    ? exchange.getRequestHeaders().getFirst("JOB-TOKEN")
                    : exchange.getRequestHeaders().getFirst("PRIVATE-TOKEN");
            Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                    .ifPresent(bearers::add);
            requests.add((request + " " + token + " " + body).strip());
            String query = exchange.getRequestURI().getRawQuery();
            String target = query == null ? request : request + "?" + query;
            targets.add(target);
            Answer answer = answers.getOrDefault(
                    answers.containsKey(target) ? target : request, new Answer(404, "{\"message\":\"404 Not Found\"}"));
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
