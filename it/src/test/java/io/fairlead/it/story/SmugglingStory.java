package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.testing.smuggling.HostileRequests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Thousands of requests that try to be somebody else's, through the shipped programs to a real API server, whose own audit log
 * says as whom each came that did come. {@code SmugglingFuzzTest} tries many more before an API server of our own.
 */
@Tag("story")
@Tag("smuggling")
class SmugglingStory {
    private static final String MARK = "smuggled" + ProcessHandle.current().pid();
    private static final int REQUESTS = Integer.getInteger("fairlead.smuggling.requests", 3_000);
    private static final int WORKERS = 16;
    private static final long SEED = Long.getLong("fairlead.fuzz.seed", System.nanoTime());

    private static Scenery scenery;
    private static RawHttp proxy;
    private static HostileRequests hostile;
    private static final AtomicInteger answered = new AtomicInteger();

    @BeforeAll
    static void open() {
        scenery = Scenery.open("smuggling");
        proxy = RawHttp.to(scenery.line().proxyUrl(), scenery.line().caFile());
        hostile = new HostileRequests(
                scenery.line().proxyUrl().replaceFirst("^https://[^/]+", ""),
                "Bearer " + scenery.line().credential(),
                MARK);
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.close();
        }
    }

    /** What a plain request of theirs is to the cluster: the agent's user, as whom it acts if as anybody. */
    private static List<JsonNode> identity() {
        String own = "own-" + MARK;
        // Not --raw, which leaves the way to the proxy out of the address.
        scenery.through("kubectl").run("get", "namespace", own);
        return AuditLog.entries(scenery.direct("kubectl"), own).stream()
                .map(Json::tree)
                .map(SmugglingStory::identity)
                .findFirst()
                .orElseThrow();
    }

    private static List<JsonNode> identity(JsonNode entry) {
        return List.of(entry.at("/user/username"), entry.at("/user/groups"), entry.path("impersonatedUser"));
    }

    @Test
    void nobodyBecomesSomebodyElse() throws Exception {
        if (!Scenery.ownsCluster()) {
            scenery.figures("nothing was tried: the cluster is not ours, so nobody could say what reached it");
            return;
        }
        List<JsonNode> expected = identity();
        assertThat(expected.getFirst().asString()).isNotBlank();
        throwAll();
        List<JsonNode> reached = AuditLog.entries(scenery.direct("kubectl"), MARK).stream()
                .map(Json::tree)
                .toList();
        for (JsonNode entry : reached) {
            String uri = entry.path("requestURI").asString();
            assertThat(identity(entry)).as(uri).isEqualTo(expected);
            assertThat(uri).doesNotContain("/hidden-" + MARK).doesNotContain("/../");
        }
        assertThat(reached.size()).isGreaterThan(REQUESTS / 20);
        assertThat(answered.get()).isGreaterThan(REQUESTS / 2);
        scenery.figures("%d hostile requests (seed %d), %d answered, %d reached the API server as %s, 0 as anybody else"
                .formatted(
                        REQUESTS,
                        SEED,
                        answered.get(),
                        reached.size(),
                        expected.getFirst().asString()));
    }

    private static void throwAll() throws Exception {
        AtomicInteger left = new AtomicInteger(REQUESTS);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?>[] all = new Future<?>[WORKERS];
            for (int i = 0; i < WORKERS; i++) {
                Random random = new Random(SEED + i);
                all[i] = workers.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        attempt(hostile.next(random));
                    }
                    return null;
                });
            }
            for (Future<?> worker : all) {
                worker.get();
            }
        }
    }

    private static void attempt(byte[] request) throws IOException {
        String answer = proxy.ask(request, 1_000);
        if (answer.startsWith("HTTP/1.1 ")) {
            answered.incrementAndGet();
        }
        assertThat(answer).as(new String(request, StandardCharsets.ISO_8859_1)).doesNotStartWith("HTTP/1.1 500 ");
    }
}
