package io.fairlead.it.story;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.ProcessFigures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What an agent costs a node, measured on the very files of its image: memory at rest, time to be ready, and the libraries
 * on its class path, which grow only on purpose.
 */
@Tag("story")
@Tag("footprint")
class FootprintStory {
    private static final long RESIDENT_MAX = 80L << 20;
    private static final long ANONYMOUS_MAX = 40L << 20;
    private static final Duration READY_MAX = Duration.ofMillis(1_000);
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
        Path secrets = Files.createDirectories(root.resolve("tmp/story"));
        try {
            List<Duration> ready = new ArrayList<>();
            for (int i = 1; i < STARTS; i++) {
                try (Background agent = launch(secrets)) {
                    ready.add(agent.awaitFile(secrets.resolve("ready.json"), Duration.ofSeconds(20)));
                }
            }
            try (Background agent = launch(secrets)) {
                ready.add(agent.awaitFile(secrets.resolve("ready.json"), Duration.ofSeconds(20)));
                scenery.awaitPassage();
                ProcessFigures figures = agent.figures();
                // The heap is trimmed every few seconds once the start is over.
                Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> {
                    assertThat(figures.residentBytes()).isLessThanOrEqualTo(RESIDENT_MAX);
                    assertThat(figures.anonymousBytes()).isLessThanOrEqualTo(ANONYMOUS_MAX);
                });
                Duration median = ready.stream().sorted().toList().get(STARTS / 2);
                scenery.figures("agentk rests at %d MB (%d MB anonymous), ready in %d ms (median of %s)"
                        .formatted(
                                figures.residentBytes() >> 20,
                                figures.anonymousBytes() >> 20,
                                median.toMillis(),
                                ready.stream().map(Duration::toMillis).toList()));
                assertThat(median).isLessThanOrEqualTo(READY_MAX);
            }
        } finally {
            Command.of("rm", "-rf", secrets.toString()).ask();
        }
    }

    /** Starts the image's own program in the image's own root, as the user it has in a pod. */
    private static Background launch(Path secrets) throws IOException {
        Files.deleteIfExists(secrets.resolve("ready.json"));
        Files.copy(scenery.line().agentTokenFile(), secrets.resolve("token"), REPLACE_EXISTING);
        Files.copy(scenery.line().caFile(), secrets.resolve("ca.crt"), REPLACE_EXISTING);
        Files.copy(scenery.admin(), secrets.resolve("kubeconfig"), REPLACE_EXISTING);
        Command.of("chown", "-R", "65532:65532", secrets.toString()).ask();
        return Command.of(
                        "chroot",
                        "--userspec=65532:65532",
                        root.toString(),
                        "/opt/java/bin/java",
                        "@/app/java.args",
                        "--kas-address=" + scenery.line().agent().kasAddress(),
                        "--token-file=/tmp/story/token",
                        "--ca-cert-file=/tmp/story/ca.crt",
                        "--kubeconfig=/tmp/story/kubeconfig",
                        "--observability-listen-address=127.0.0.1:0",
                        "--ready-file=/tmp/story/ready.json")
                .env("KUBECONFIG", "")
                .start(scenery.line().folder().resolve("image-agentk.log"));
    }
}
