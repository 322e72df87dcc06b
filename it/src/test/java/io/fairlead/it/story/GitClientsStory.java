package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people and machines do with git, over both transports. */
@Tag("story")
@Tag("git-clients")
class GitClientsStory {
    private static final int LARGE_MB = 500;
    /** None larger than a server on a small machine takes. */
    private static final int FILES = 20;

    private static final int BRANCHES = 1_000;

    private static ForgeScenery scenery;

    @BeforeAll
    static void open() {
        scenery = ForgeScenery.open("git-clients");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.close();
        }
    }

    private static String remote(String transport, String project) {
        scenery.project(project);
        return scenery.api("GET", "/projects/root%2F" + project, "")
                .path(transport.equals("ssh") ? "ssh_url_to_repo" : "http_url_to_repo")
                .asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ssh"})
    void clonesPushesAndPulls(String transport) {
        String remote = remote(transport, "daily-" + transport);
        Path first = scenery.folder().resolve("daily-" + transport);
        scenery.did(scenery.folder(), "clone", "--quiet", remote, first.toString());
        scenery.did(first, "checkout", "--quiet", "-B", "main");
        scenery.commit(first, "a", "a\n");
        scenery.did(first, "push", "--quiet", "origin", "main");
        Path second = scenery.folder().resolve("daily-second-" + transport);
        scenery.did(scenery.folder(), "clone", "--quiet", remote, second.toString());
        String next = scenery.commit(first, "b", "b\n");
        scenery.did(first, "push", "--quiet", "origin", "main");
        scenery.did(second, "pull", "--quiet", "--ff-only");
        assertThat(scenery.git(second).plus("rev-parse", "HEAD").ask()).isEqualTo(next);
        scenery.did(first, "tag", "light");
        scenery.did(first, "tag", "-a", "-m", "heavy", "heavy");
        scenery.did(first, "push", "--quiet", "origin", "--tags");
        scenery.did(second, "fetch", "--quiet", "--tags");
        assertThat(scenery.git(second).plus("cat-file", "-t", "heavy").ask()).isEqualTo("tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ssh"})
    void refusesToThrowProtectedCommitsAway(String transport) {
        String remote = remote(transport, "force-" + transport);
        Path here = scenery.repository("force-" + transport);
        scenery.commit(here, "a", "a\n");
        scenery.did(here, "push", "--quiet", remote, "main", "main:topic");
        scenery.did(here, "reset", "--quiet", "--hard", "HEAD~1");
        scenery.commit(here, "b", "b\n");
        Finished refused =
                scenery.git(here).plus("push", "--force", remote, "main").run();
        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err()).contains("You are not allowed to force push code to a protected branch");
        scenery.did(here, "push", "--quiet", "--force", remote, "main:topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ssh"})
    void carriesAThousandBranches(String transport) {
        String remote = remote(transport, "branches-" + transport);
        Path here = scenery.repository("branches-" + transport);
        StringBuilder names = new StringBuilder();
        String head = scenery.git(here).plus("rev-parse", "HEAD").ask();
        for (int i = 0; i < BRANCHES; i++) {
            names.append("create refs/heads/b")
                    .append(i)
                    .append(' ')
                    .append(head)
                    .append('\n');
        }
        scenery.git(here).plus("update-ref", "--stdin").input(names.toString()).ask();
        Finished pushed = scenery.did(here, "push", "--quiet", "--all", remote);
        Finished listed = scenery.did(here, "ls-remote", "--heads", remote);
        assertThat(listed.text().lines().count()).isEqualTo(BRANCHES + 1);
        say(transport, BRANCHES + " branches pushed in", pushed.took());
        scenery.did(scenery.folder(), "clone", "--quiet", remote, "branches-copy-" + transport);
        assertThat(scenery.git(scenery.folder().resolve("branches-copy-" + transport))
                        .plus("for-each-ref", "--format=x", "refs/remotes/origin/b*")
                        .ask()
                        .lines()
                        .count())
                .isEqualTo(BRANCHES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ssh"})
    void clonesLessWhenAskedTo(String transport) {
        String remote = remote(transport, "less-" + transport);
        Path here = scenery.repository("less-" + transport);
        for (int i = 0; i < 20; i++) {
            scenery.commit(here, "f" + i, "text " + i + "\n");
        }
        scenery.did(here, "push", "--quiet", remote, "main");
        Path shallow = scenery.folder().resolve("shallow-" + transport);
        scenery.did(scenery.folder(), "clone", "--quiet", "--depth", "3", remote, shallow.toString());
        assertThat(scenery.git(shallow).plus("rev-list", "--count", "HEAD").ask())
                .isEqualTo("3");
        scenery.did(shallow, "fetch", "--quiet", "--unshallow");
        assertThat(scenery.git(shallow).plus("rev-list", "--count", "HEAD").ask())
                .isEqualTo("21");
        Path partial = scenery.folder().resolve("partial-" + transport);
        scenery.did(
                scenery.folder(),
                "clone",
                "--quiet",
                "--filter=blob:none",
                "--no-checkout",
                remote,
                partial.toString());
        assertThat(scenery.git(partial)
                        .plus("rev-list", "--objects", "--missing=print", "--all")
                        .ask())
                .contains("?");
        scenery.did(partial, "checkout", "--quiet", "main");
        assertThat(ForgeScenery.read(partial.resolve("f7"))).isEqualTo("text 7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https", "ssh"})
    void carriesHalfAGigabyte(String transport) throws IOException {
        String remote = remote(transport, "large-" + transport);
        Path here = scenery.repository("large-" + transport);
        for (int i = 0; i < FILES; i++) {
            noise(here.resolve("noise" + i), i);
        }
        scenery.did(here, "add", ".");
        scenery.did(here, "-c", "core.compression=0", "commit", "--quiet", "-m", "Noise");
        Finished pushed =
                scenery.did(here, "-c", "core.compression=0", "-c", "pack.window=0", "push", "--quiet", remote, "main");
        Path copy = scenery.folder().resolve("large-copy-" + transport);
        Finished cloned = scenery.did(scenery.folder(), "clone", "--quiet", remote, copy.toString());
        for (int i = 0; i < FILES; i++) {
            assertThat(Files.mismatch(here.resolve("noise" + i), copy.resolve("noise" + i)))
                    .isEqualTo(-1);
        }
        say(transport, LARGE_MB + " MB pushed in", pushed.took());
        say(transport, LARGE_MB + " MB cloned in", cloned.took());
        for (Path done : new Path[] {here, copy}) {
            scenery.program("rm", "-rf", done.toString()).ask();
        }
    }

    /** Nothing of it compresses, so that all of it travels. */
    private static void noise(Path file, int seed) throws IOException {
        Random random = new Random(seed);
        byte[] megabyte = new byte[1_000_000];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < LARGE_MB / FILES; i++) {
                random.nextBytes(megabyte);
                out.write(megabyte);
            }
        }
    }

    private static void say(String transport, String what, Duration took) {
        scenery.figures(String.format("%s: %s %.1f s", transport, what, took.toMillis() / 1e3));
    }
}
