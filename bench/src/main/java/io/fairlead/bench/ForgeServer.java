package io.fairlead.bench;

import io.fairlead.base.json.Json;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A {@code fairlead server} of its own, with nothing but its forge at work. */
final class ForgeServer implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(60);

    private final Checkout checkout;
    private final Path folder;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private Background process;
    private double startSeconds;

    ForgeServer(Checkout checkout, Path folder) {
        this.checkout = checkout;
        this.folder = folder;
        this.process = start();
    }

    /** Ends it and starts it again on the same data. */
    void restart() {
        process.close();
        process = start();
    }

    private Background start() {
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(readyFile());
            Files.writeString(folder.resolve("server.yaml"), "rate_limit: {requests_per_minute: 1000000}\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        long before = System.nanoTime();
        Background started = checkout.fairlead(
                        "server", "--data-dir", folder.resolve("data").toString())
                .plus("--configuration-file", folder.resolve("server.yaml").toString())
                .plus(
                        "--ready-file",
                        readyFile().toString(),
                        "--https-port",
                        "0",
                        "--http-port",
                        "0",
                        "--grpc-port",
                        "0")
                .plus("--ssh-port", "0", "--observability-port", "0")
                .start(folder.resolve("server.log"));
        started.awaitFile(readyFile(), READY_MAX);
        get("/api/v4/version");
        startSeconds = (System.nanoTime() - before) / 1e9;
        return started;
    }

    /** From the start of its process to the answer of its first request, the last time. */
    double startSeconds() {
        return startSeconds;
    }

    private Path readyFile() {
        return folder.resolve("ready.json");
    }

    private ReadyFile ready() {
        return ReadyFile.read(readyFile()).orElseThrow(() -> new IllegalStateException("the server is not ready"));
    }

    String token() {
        try {
            return Files.readString(Path.of(ready().adminTokenFile().orElseThrow()))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without a slash at its end. */
    String url() {
        return ready().httpUrl().orElseThrow();
    }

    /** Creates a project; its id. */
    long create(String name) {
        return Json.tree(send(request("/api/v4/projects")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(Json.write(Map.of("name", name))))))
                .get("id")
                .asLong();
    }

    /** @return how long the answer took, milliseconds */
    double get(String path) {
        HttpRequest.Builder request = request(path).GET();
        long before = System.nanoTime();
        send(request);
        return (System.nanoTime() - before) / 1e6;
    }

    /** The same of somebody else's server. */
    double getElsewhere(String url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).GET();
        long before = System.nanoTime();
        send(request);
        return (System.nanoTime() - before) / 1e6;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).header("PRIVATE-TOKEN", token());
    }

    private String send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(
                        answer.uri() + " was answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        try (client) {
            process.close();
        }
    }
}
