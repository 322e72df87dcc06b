package io.fairlead.bench;

import io.fairlead.bench.Replicas.Person;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How long a right outlives its end at three kas: from the call that revokes a token until the watch that runs at each is cut
 * and each has refused the next request. The longest of all trials counts.
 */
final class RevocationFigure {
    static final String NAME = "revocation-max-ms";
    private static final int UNAUTHORIZED = 401;
    private static final int READY_TRIES_MAX = 300;
    private static final int READY_PAUSE_MILLIS = 100;

    private final Replicas replicas;
    private final Scale scale;
    private final Report report;

    RevocationFigure(Replicas replicas, Scale scale, Report report) {
        this.replicas = replicas;
        this.scale = scale;
        this.report = report;
    }

    void measure() {
        List<Double> millis = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .executor(threads)
                        .build()) {
            for (int trial = 0; trial < scale.revocations(); trial++) {
                millis.add(trial(replicas.person("person" + trial), client, threads));
            }
        }
        report.add(Figure.longest(NAME, "ms", millis));
        report.note(Figure.alone("revocation-max-ms: median", "ms", millis));
    }

    private double trial(Person person, HttpClient client, ExecutorService threads) {
        List<InputStream> watches = new ArrayList<>();
        for (String door : replicas.doors()) {
            InputStream watch = awaited(client, door, person);
            watches.add(watch);
            read(watch);
        }
        long before = System.nanoTime();
        replicas.revoke(person);
        List<CompletableFuture<Void>> ends = watches.stream()
                .map(watch -> CompletableFuture.runAsync(() -> readToItsCut(watch), threads))
                .toList();
        ends.forEach(CompletableFuture::join);
        for (String door : replicas.doors()) {
            int status = get(client, door + "/version", person, BodyHandlers.discarding())
                    .statusCode();
            if (status != UNAUTHORIZED) {
                throw new IllegalStateException(door + " answered " + status + " after the token was revoked");
            }
        }
        return (System.nanoTime() - before) / 1e6;
    }

    /** The agent may be on its way at first. */
    private static InputStream awaited(HttpClient client, String door, Person person) {
        for (int tries = 1; ; tries++) {
            HttpResponse<InputStream> answer = get(client, door + "/watch", person, BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            if (tries == READY_TRIES_MAX) {
                throw new IllegalStateException(door + " answers " + answer.statusCode());
            }
            Pause.millis(READY_PAUSE_MILLIS);
        }
    }

    private static void read(InputStream watch) {
        try {
            watch.readNBytes(EndlessWatch.EVENT.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void readToItsCut(InputStream watch) {
        try (watch) {
            while (watch.read() >= 0) {
                // An event.
            }
        } catch (IOException e) {
            return;
        }
        throw new IllegalStateException("a watch ended as if it were whole");
    }

    private static <T> HttpResponse<T> get(HttpClient client, String url, Person person, BodyHandler<T> body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + person.credential())
                .build();
        try {
            return client.send(request, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
