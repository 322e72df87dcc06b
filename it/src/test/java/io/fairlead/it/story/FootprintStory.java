package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.line.ServiceAccount;
import io.fairlead.testing.process.ProcessFigures;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an agent costs a node, measured on the very files of its image: memory at rest and the libraries on its class path,
 * which grow only on purpose. Time to be ready is shown, not judged.
 */
@Tag("story")
@Tag("footprint")
class FootprintStory {
    // What must not get worse: what was measured, and a tenth. The aim is 80 MB; docs/performance.md tells what stands
    // between, and how long the start takes, which no test should judge.
    private static final long RESIDENT_MAX = 98L << 20;
    private static final long ANONYMOUS_MAX = 48L << 20;
    private static final int STARTS = 3;

    private static Scenery scenery;
    private static Path root;

    @BeforeAll
    static void open() {
        scenery = Scenery.open("footprint");
        root = scenery.checkout().root().resolve("build/images/root");
        scenery.line().agent().close();
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.close();
        }
    }

    @Test
    void hasExactlyTheAllowedLibraries() throws IOException {
        try (Stream<Path> jars = Files.list(root.resolve("app/lib"));
                Stream<String> allowed =
                        Files.lines(scenery.checkout().root().resolve("it/src/test/resources/agentk-libraries.txt"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            allowed.filter(line -> !line.isBlank() && !line.startsWith("#"))
                                    .toList());
        }
    }

    @Test
    void restsWithinItsBudget() throws IOException {
        assertThat(scenery.line().useImage())
                .as("there is an image, and this is root")
                .isTrue();
        LineAgent agent = scenery.line()
                .replaceAgentByPod(
                        scenery.line().agent().kasAddress(),
                        serviceAccount(),
                        scenery.line().caFile());
        List<Duration> ready = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            agent.close();
            ready.add(agent.start());
        }
        ProcessFigures figures = agent.process().figures();
        // The heap is trimmed every few seconds once the start is over.
        try {
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> within(figures));
        } catch (ConditionTimeoutException e) {
            // The figures below say by how much it fails.
        }
        Duration median = ready.stream().sorted().toList().get(STARTS / 2);
        scenery.figures("agentk rests at %d MB (%d MB anonymous), ready in %d ms (of %s)"
                .formatted(
                        figures.residentBytes() >> 20,
                        figures.anonymousBytes() >> 20,
                        median.toMillis(),
                        ready.stream().map(Duration::toMillis).toList()));
        assertThat(figures.residentBytes()).isLessThanOrEqualTo(RESIDENT_MAX);
        assertThat(figures.anonymousBytes()).isLessThanOrEqualTo(ANONYMOUS_MAX);
    }

    private static ServiceAccount serviceAccount() throws IOException {
        Kubectl direct = scenery.direct("kubectl");
        URI server =
                URI.create(direct.ask("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"));
        String authority = direct.ask(
                "config",
                "view",
                "--minify",
                "--raw",
                "-o",
                "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        Path file = Files.write(
                Files.createTempFile("footprint", ".crt"),
                Base64.getMimeDecoder().decode(authority));
        return new ServiceAccount(server.getHost(), server.getPort(), file, direct.ask("create", "token", "default"));
    }

    private static boolean within(ProcessFigures figures) {
        return figures.residentBytes() <= RESIDENT_MAX && figures.anonymousBytes() <= ANONYMOUS_MAX;
    }
}
