package io.fairlead.gitlab.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A GitLab that answers as it was told and remembers what it was asked. Anything else is answered 404. */
public final class FakeGitLab implements AutoCloseable {
    /** One request as it came; header names in lower case, the query empty if there is none. */
    public record Recorded(String method, String path, String query, Map<String, String> headers, String body) {
        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(java.util.Locale.ROOT));
        }
    }

    /** What to say; a content type other than JSON is given by {@link #withType}. */
    public record Answer(int status, String body, String contentType) {
        public static Answer json(int status, String body) {
            return new Answer(status, body, "application/json");
        }

        public static Answer empty(int status) {
            return new Answer(status, "", "text/plain");
        }

        public Answer withType(String type) {
            return new Answer(status, body, type);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Function<Recorded, Answer>> answers = new ConcurrentHashMap<>();
    private final List<Recorded> requests = new CopyOnWriteArrayList<>();

    public FakeGitLab() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** @param request method and path, as in {@code GET /api/v4/job/allowed_agents} */
    public FakeGitLab on(String request, Answer answer) {
        return on(request, recorded -> answer);
    }

    public FakeGitLab on(String request, Function<Recorded, Answer> answer) {
        answers.put(request, answer);
        return this;
    }

    public List<Recorded> requests() {
        return requests;
    }

    public long count(String request) {
        return requests.stream()
                .filter(recorded -> (recorded.method() + " " + recorded.path()).equals(request))
                .count();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) ->
                            headers.put(name.toLowerCase(java.util.Locale.ROOT), String.join(",", values)));
            Recorded recorded = new Recorded(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getRawPath(),
                    Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""),
                    headers,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            requests.add(recorded);
            Answer answer = answers.getOrDefault(
                            recorded.method() + " " + recorded.path(), unknown -> Answer.json(404, "{}"))
                    .apply(recorded);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
