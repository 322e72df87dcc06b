package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Server, agent and API server are killed in every order; clients are killed and stall. Service returns by itself. */
@Tag("story")
@Tag("restarts")
class RestartsStory {
    private static final String NAMESPACE = "story-restarts";
    private static final Duration RETURN_MAX = Duration.ofSeconds(10);
    private static final int STALLED_BYTES = 96 << 20;
    /** -Dstall=60 for the long one. */
    private static final int STALL_SECONDS = Integer.getInteger("stall", 15);

    private static final String OBJECTS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: story-restarts}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: story-restarts}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: box, namespace: story-restarts}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: box
                image: fairlead.local/busybox:1
                command: [sh, -c, "while true; do echo tick; sleep 1; done"]
            """;

    private static final List<String> FIGURES = new ArrayList<>();

    private static Scenery scenery;
    private static Caller caller;

    private enum Part {
        SERVER,
        AGENT,
        API_SERVER
    }

    @BeforeAll
    static void open() {
        scenery = Scenery.open("restarts");
        caller = new Caller(scenery.line());
        Kubectl admin = scenery.direct("kubectl");
        admin.apply(OBJECTS);
        admin.ask("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/box", "--timeout=60s");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.figures(String.join("; ", FIGURES));
            scenery.direct("kubectl").run("delete", "namespace", NAMESPACE, "--wait=false");
            caller.close();
            scenery.close();
        }
    }

    @Test
    void returnsByItselfWhateverIsKilledInWhateverOrder() {
        List<Part> parts = Scenery.ownsCluster() ? List.of(Part.values()) : List.of(Part.SERVER, Part.AGENT);
        List<List<Part>> orders = orders(parts);
        double slowest = 0;
        for (List<Part> order : orders) {
            order.forEach(RestartsStory::kill);
            order.forEach(RestartsStory::start);
            double seconds = secondsUntilService("after " + order);
            slowest = Math.max(slowest, seconds);
        }
        FIGURES.add("%d orders of kill -9, back within %.1f s".formatted(orders.size(), slowest));
    }

    @Test
    void returnsAfterEachPartAlone() {
        double slowest = 0;
        for (Part part : Part.values()) {
            if (part == Part.API_SERVER && !Scenery.ownsCluster()) {
                continue;
            }
            kill(part);
            start(part);
            slowest = Math.max(slowest, secondsUntilService("after " + part));
        }
        FIGURES.add("each part alone, back within %.1f s".formatted(slowest));
    }

    @Test
    void saysWhichAgentIsAwayAndSinceWhen() {
        kill(Part.AGENT);
        try {
            // The server sees at once that the connection broke; requests may wait for a while for a new one.
            Caller.Answer away = caller.get("/api/v1/namespaces");
            assertThat(away.code()).isBetween(500, 504);
            assertThat(away.statusMessage())
                    .contains("\"" + scenery.line().agentName().replaceFirst(".*:", "") + "\"")
                    .containsPattern("it was last at \\d{4}-\\d\\d-\\d\\dT");
            Finished kubectl = scenery.through("kubectl").run("get", "namespaces");
            assertThat(kubectl.err()).containsIgnoringCase("not connected");
        } finally {
            start(Part.AGENT);
            secondsUntilService("after the agent was away");
        }
    }

    @Test
    void namesTheAgentAlsoWhenItHasNotBeenSeenSinceTheServersStart() {
        kill(Part.AGENT);
        kill(Part.SERVER);
        start(Part.SERVER);
        try {
            Caller.Answer away = caller.get("/api/v1/namespaces");
            assertThat(away.code()).isEqualTo(503);
            assertThat(away.statusMessage())
                    .contains("\"" + scenery.line().agentName().replaceFirst(".*:", "") + "\"")
                    .containsPattern("since this kas started at \\d{4}-\\d\\d-\\d\\dT");
        } finally {
            start(Part.AGENT);
            secondsUntilService("after the agent was away at the server's start");
        }
    }

    @Test
    void saysThatTheApiServerIsAway() {
        assumeTrue(Scenery.ownsCluster());
        kill(Part.API_SERVER);
        try {
            Caller.Answer away = caller.get("/api/v1/namespaces");
            assertThat(away.code()).isBetween(500, 504);
            assertThat(away.statusMessage()).isNotBlank();
        } finally {
            start(Part.API_SERVER);
            secondsUntilService("after the API server was away");
        }
    }

    @Test
    void freesEverythingWithinASecondWhenClientsAreKilled() {
        Kubectl through = scenery.through("kubectl");
        Path folder = scenery.line().folder();
        secondsUntilService("before the clients");
        await().until(() -> busyStreams() == 0);
        long before = connections();
        double runningBefore = longRunning();
        List<Background> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(through.command("logs", "-f", "-n", NAMESPACE, "box").start(folder.resolve("logs-" + i)));
            clients.add(through.command("get", "pods", "-n", NAMESPACE, "-w").start(folder.resolve("watch-" + i)));
            clients.add(through.command("exec", "-i", "-n", NAMESPACE, "box", "--", "sleep", "600")
                    .start(folder.resolve("exec-" + i)));
        }
        try {
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> connections() >= before + clients.size() && busyStreams() >= clients.size());
        } finally {
            clients.forEach(Background::kill);
        }
        long began = System.nanoTime();
        await().atMost(1, TimeUnit.SECONDS)
                .pollInterval(10, TimeUnit.MILLISECONDS)
                .until(() -> connections() <= before && busyStreams() == 0);
        FIGURES.add("%d killed clients freed in %.0f ms".formatted(clients.size(), (System.nanoTime() - began) / 1e6));
        if (Scenery.ownsCluster()) {
            // The API server counts them out a moment after their connections have gone.
            await().atMost(10, TimeUnit.SECONDS).until(() -> longRunning() <= runningBefore);
        }
    }

    /** Clients' connections to the server. */
    private static long connections() {
        int port = URI.create(scenery.line().proxyUrl()).getPort();
        return scenery.line().server().process().figures().connectionsAt(port);
    }

    /** Streams of the agent that carry a request, as it says itself. */
    private static double busyStreams() {
        String metrics = scenery.line()
                        .agent()
                        .ready()
                        .flatMap(ReadyFile::observabilityUrl)
                        .orElseThrow() + "/metrics";
        return metric(Caller.plain(metrics), "agentk_tunnel_streams{state=\"busy\"}");
    }

    /** Watches, execs and followed logs of the story's pods, as the API server counts them. */
    private static double longRunning() {
        return scenery.direct("kubectl")
                .ask("get", "--raw", "/metrics")
                .lines()
                .filter(line -> line.startsWith("apiserver_longrunning_requests{") && line.contains("\"pods\""))
                .mapToDouble(RestartsStory::value)
                .sum();
    }

    private static double metric(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(RestartsStory::value)
                .sum();
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ')));
    }

    @Test
    void keepsEveryByteForAReaderThatStallsAndHarmsNobody() throws Exception {
        String counted = "kubectl exec -n " + NAMESPACE + " box -- head -c " + STALLED_BYTES + " /dev/zero | (sleep "
                + STALL_SECONDS + "; wc -c)";
        AtomicBoolean reading = new AtomicBoolean(true);
        AtomicInteger served = new AtomicInteger();
        long[] slowestNanos = {0};
        Thread others = Thread.ofVirtual().start(() -> {
            while (reading.get()) {
                long began = System.nanoTime();
                if (caller.get("/api/v1/namespaces/default").passed()) {
                    served.incrementAndGet();
                }
                slowestNanos[0] = Math.max(slowestNanos[0], System.nanoTime() - began);
            }
        });
        long memoryBefore = scenery.line().server().process().figures().residentBytes();
        String bytes = Command.of("sh", "-c", counted)
                .env("KUBECONFIG", scenery.line().kubeconfig().toString())
                .within(Duration.ofSeconds(STALL_SECONDS + 60))
                .ask();
        reading.set(false);
        others.join();
        assertThat(bytes).isEqualTo(String.valueOf(STALLED_BYTES));
        assertThat(served.get()).isGreaterThan(STALL_SECONDS * 10);
        assertThat(slowestNanos[0]).isLessThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(scenery.line().server().process().figures().residentBytes() - memoryBefore)
                .isLessThan(STALLED_BYTES);
        FIGURES.add("a reader stalled %d s got all %d MiB beside %d other requests"
                .formatted(STALL_SECONDS, STALLED_BYTES >> 20, served.get()));
    }

    private static void kill(Part part) {
        switch (part) {
            case SERVER -> scenery.line().server().process().kill();
            case AGENT -> scenery.line().agent().process().kill();
            case API_SERVER -> scenery.checkout().cluster("stop", "apiserver").ask();
        }
    }

    private static void start(Part part) {
        switch (part) {
            case SERVER -> scenery.line().server().start();
            case AGENT -> {
                // Counted from where the program runs: how long a Java program takes to begin says nothing about the
                // line.
                long before = agentStarts();
                Background agent = scenery.line().agent().launch();
                await(agent.log().toString()).atMost(30, TimeUnit.SECONDS).until(() -> agentStarts() > before);
            }
            case API_SERVER -> scenery.checkout().cluster("start", "apiserver").ask();
        }
    }

    /** How often the agent's log, which all its lives share, says that the program has begun to run. */
    private static long agentStarts() {
        try (Stream<String> lines = Files.lines(scenery.line().agent().process().log())) {
            return lines.filter(line -> line.contains(" started in ")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until three requests in a row pass; every refusal in between must be a Status that says why. */
    private static double secondsUntilService(String when) {
        long began = System.nanoTime();
        int passed = 0;
        while (passed < 3) {
            Caller.Answer answer = caller.get("/api/v1/namespaces/default");
            double seconds = (System.nanoTime() - began) / 1e9;
            passed = answer.passed() ? passed + 1 : 0;
            if (!answer.passed()) {
                assertThat(answer.code()).as(when + ": " + answer.body()).isPositive();
                assertThat(answer.statusMessage()).as(when).isNotBlank();
            }
            assertThat(seconds).as(when + ", last answer: " + answer).isLessThan(RETURN_MAX.toSeconds());
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static List<List<Part>> orders(List<Part> parts) {
        if (parts.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Part>> orders = new ArrayList<>();
        for (Part first : parts) {
            List<Part> rest = new ArrayList<>(parts);
            rest.remove(first);
            for (List<Part> order : orders(rest)) {
                List<Part> whole = new ArrayList<>();
                whole.add(first);
                whole.addAll(order);
                orders.add(whole);
            }
        }
        return orders;
    }
}
