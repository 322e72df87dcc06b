package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.env.Environment;
import io.fairlead.cli.FairleadCommand;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.forge.repository.Repositories;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that is taken while people push is a forge that can go on. */
class BackupTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                new Environment(Map.of()),
                Clock.systemUTC());
        return FairleadCommand.execute(
                FairleadCommand.commandLine(
                        context, Map.of("backup", new BackupCommand(context), "restore", new RestoreCommand(context))),
                arguments);
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private static String remote(RunningForge forge, String project) {
        return forge.url("/root/" + project + ".git").replace("://", "://x:" + forge.rootToken + "@");
    }

    /** Pushes two branches at once, again and again, until told to stop. */
    private final class Pushing implements AutoCloseable {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger pushes = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;

        Pushing(GitProgram git, String remote) {
            thread = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; !stopped.get(); i++) {
                        git.commit("file", "text " + i);
                        git.run("push", "-q", remote, "main", "main:twin").succeeds();
                        pushes.incrementAndGet();
                    }
                } catch (IOException | RuntimeException | Error e) {
                    failure.set(e);
                }
            });
        }

        void awaitPushes(int more) {
            int target = pushes.get() + more;
            await().atMost(WAIT_MAX).until(() -> pushes.get() >= target || failure.get() != null);
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            thread.join(WAIT_MAX);
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void goesOnWhereTheBackupWasTakenWhileItWasPushedTo() throws Exception {
        String quiet;
        String agentToken;
        String adaToken;
        String before;
        Path archive = folder.resolve("backup.tar");
        GitProgram busyGit = new GitProgram(folder).init("busy");
        try (RunningForge forge = new RunningForge(folder.resolve("data"))) {
            long project = forge.project("quiet");
            forge.project("busy");
            agentToken = forge.agentToken(project, forge.agent(project, "edge"));
            adaToken = forge.personWithToken("ada", "api");
            GitProgram git = new GitProgram(folder).init("quiet");
            quiet = git.commit("a", "a");
            git.run("tag", "-a", "-m", "v1", "v1").succeeds();
            git.run("push", "-q", remote(forge, "quiet"), "main", "v1").succeeds();
            try (Pushing pushing = new Pushing(busyGit, remote(forge, "busy"))) {
                pushing.awaitPushes(3);
                before = busyGit.run("rev-parse", "HEAD~1").succeeds().output().strip();
                assertThat(run("backup", "--data", data(), "--to", archive.toString()))
                        .as(err::toString)
                        .isZero();
                pushing.awaitPushes(1);
            }
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("2 repositories");
            assertThat(run("backup", "--data", data(), "--to", archive.toString()))
                    .isEqualTo(6);
            assertThat(run("restore", "--from", archive.toString(), "--data", data()))
                    .isEqualTo(6);
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("a server uses");
        }
        Path restored = folder.resolve("restored");
        assertThat(run("restore", "--from", archive.toString(), "--data", restored.toString()))
                .as(err::toString)
                .isZero();
        try (RunningForge forge = new RunningForge(restored)) {
            GitProgram git = new GitProgram(folder);
            git.run("clone", "-q", remote(forge, "quiet"), "quiet-copy").succeeds();
            assertThat(git.in("quiet-copy").run("rev-parse", "HEAD").output().strip())
                    .isEqualTo(quiet);
            git.run("clone", "-q", remote(forge, "busy"), "busy-copy").succeeds();
            GitProgram copy = git.in("busy-copy");
            copy.run("merge-base", "--is-ancestor", before, "HEAD").succeeds();
            assertThat(copy.run("rev-parse", "origin/twin").output())
                    .isEqualTo(copy.run("rev-parse", "origin/main").output());
            for (long id = 1; id <= 2; id++) {
                new GitProgram(restored.resolve("repositories").resolve(Repositories.relativePath(id)))
                        .run("fsck", "--full", "--strict")
                        .succeeds();
            }
            assertThat(forge.send("GET", "/api/v4/user", Map.of("PRIVATE-TOKEN", adaToken), "")
                            .status())
                    .isEqualTo(200);
            assertThat(forge.kas("GET", "/api/v4/internal/kubernetes/agent_info", agentToken, "")
                            .status())
                    .isEqualTo(200);
            copy.commit("more", "more");
            copy.run("push", "-q", "origin", "main").succeeds();
        }
    }

    @Test
    void tellsWhyThereIsNoBackup() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(run(
                        "backup",
                        "--data",
                        empty.toString(),
                        "--to",
                        folder.resolve("x").toString()))
                .isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("pg_dump");
        try (RunningForge forge = new RunningForge(folder.resolve("data"))) {
            forge.project("one");
            assertThat(run("backup", "--data", data(), "--to", data())).isEqualTo(2);
            assertThat(run(
                            "backup",
                            "--data",
                            data(),
                            "--to",
                            folder.resolve("no/x").toString()))
                    .isEqualTo(3);
        }
        assertThat(run("restore", "--from", folder.resolve("no").toString(), "--data", data()))
                .isEqualTo(3);
    }

    @Test
    void takesRepositoriesAloneWhereTheDatabaseIsElsewhere() throws Exception {
        try (RunningForge forge = new RunningForge(folder.resolve("data"))) {
            forge.project("one");
        }
        Files.delete(folder.resolve("data/fairlead.db"));
        Path into = Files.createDirectories(folder.resolve("backups"));
        assertThat(run("backup", "--without-database", "--data", data(), "--to", into.toString()))
                .as(err::toString)
                .isZero();
        try (Stream<Path> files = Files.list(into)) {
            Path archive = files.toList().getFirst();
            assertThat(archive.getFileName().toString()).matches("fairlead-\\d{8}T\\d{6}Z\\.tar");
            Path restored = folder.resolve("restored");
            assertThat(run("restore", "--from", archive.toString(), "--data", restored.toString()))
                    .isZero();
            assertThat(restored.resolve("repositories").resolve(Repositories.relativePath(1)))
                    .isDirectory();
            assertThat(restored.resolve("fairlead.db")).doesNotExist();
        }
    }
}
