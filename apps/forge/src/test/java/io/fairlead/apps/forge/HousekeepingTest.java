package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.Pusher;
import io.fairlead.forge.housekeeping.HousekeepingRules;
import io.fairlead.forge.housekeeping.HousekeepingSchedule;
import io.fairlead.forge.instance.FolderLock;
import io.fairlead.forge.repository.Housekeeping;
import io.fairlead.forge.repository.Housekeeping.Outcome.Done;
import io.fairlead.forge.repository.Housekeeping.State;
import io.fairlead.forge.repository.Repositories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tidying loses nothing that anybody could want, whatever goes on meanwhile. */
class HousekeepingTest {
    private static final long PROJECT = 1;
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private RunningForge forge;
    private GitProgram git;

    @BeforeEach
    void start() throws Exception {
        forge = new RunningForge(folder.resolve("data"));
        forge.project("kept");
        git = new GitProgram(folder).init("source");
    }

    @AfterEach
    void stop() throws Exception {
        forge.close();
    }

    private String remote() {
        return forge.url("/root/kept.git").replace("://", "://x:" + forge.rootToken + "@");
    }

    private GitProgram repository() {
        return new GitProgram(folder.resolve("data/repositories").resolve(Repositories.relativePath(PROJECT)));
    }

    /** Deletes packs that were packed anew at once, which clones and pushes must survive even so. */
    private Housekeeping hasty() {
        return new Housekeeping(forge.app.parts().repositories, now::get, Housekeeping.GRACE, Duration.ZERO, 1_000_000);
    }

    private Done run(Housekeeping housekeeping) throws Exception {
        return (Done) housekeeping.run(PROJECT, () -> false);
    }

    private void push(int commits) throws Exception {
        for (int i = 0; i < commits; i++) {
            git.commit("file", "text " + System.nanoTime());
            git.run("push", "-q", remote(), "main").succeeds();
        }
    }

    @Test
    void pushesAndClonesGoOnWhileARepositoryIsTidied() throws Exception {
        push(1);
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Integer>> work = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2; i++) {
                String branch = "branch" + i;
                git.run("clone", "-q", remote(), "../" + branch).succeeds();
                GitProgram clone = new GitProgram(folder).in(branch);
                work.add(threads.submit(() -> {
                    int count = 0;
                    for (; !over.get(); count++) {
                        clone.commit("file", branch + count);
                        clone.run("push", "-q", "--force", remote(), "HEAD:" + branch, "HEAD:twin-" + branch)
                                .succeeds();
                        if (count % 3 == 0) {
                            // What was pushed so far is led to by nothing any more, and soon pushed upon again.
                            clone.run("push", "-q", remote(), ":twin-" + branch).succeeds();
                        }
                    }
                    return count;
                }));
            }
            work.add(threads.submit(() -> {
                int count = 0;
                for (; !over.get(); count++) {
                    git.run("clone", "-q", "--bare", remote(), "../clone" + count)
                            .succeeds();
                }
                return count;
            }));
            Housekeeping housekeeping = hasty();
            for (int i = 0; i < 8; i++) {
                now.set(Instant.now().plusMillis(1));
                run(housekeeping);
            }
            over.set(true);
            for (Future<Integer> done : work) {
                assertThat(done.get()).isPositive();
            }
            now.set(Instant.now().plusSeconds(1));
            assertThat(run(housekeeping).after().packs()).isLessThanOrEqualTo(2);
        }
        repository().run("fsck", "--full", "--strict").succeeds();
        git.run("clone", "-q", remote(), "../last").succeeds();
        for (int i = 0; i < 2; i++) {
            assertThat(new GitProgram(folder)
                            .in("last")
                            .run("rev-parse", "origin/branch" + i)
                            .output())
                    .isEqualTo(new GitProgram(folder)
                            .in("branch" + i)
                            .run("rev-parse", "HEAD")
                            .output());
        }
    }

    /** Its objects are old, so that Git's own rule would delete them as soon as nothing leads to them. */
    @Test
    void whatNothingLeadsToAnyMoreIsKeptForTheGraceTime() throws Exception {
        push(2);
        String api = "/api/v4/projects/" + PROJECT + "/repository";
        forge.post(api + "/files/lost", "branch=topic&start_branch=main&content=x&commit_message=Lost");
        String lost = forge.get(api + "/branches/topic")
                .json()
                .get("commit")
                .get("id")
                .asString();
        Instant begin = Instant.now().plusSeconds(1);
        for (Path object : loose()) {
            Files.setLastModifiedTime(object, FileTime.from(begin.minus(Duration.ofDays(60))));
        }
        git.run("push", "-q", remote(), ":topic").succeeds();
        Housekeeping housekeeping = hasty();
        for (int day : new int[] {0, 7, 13}) {
            now.set(begin.plus(Duration.ofDays(day)));
            assertThat(run(housekeeping).deleted()).as("on day %d", day).isZero();
        }
        repository().run("cat-file", "-e", lost).succeeds();
        now.set(begin.plus(Duration.ofDays(15)));
        assertThat(run(housekeeping)).isEqualTo(new Done(new State(3, 1), new State(0, 1), 3));
        assertThat(repository().run("cat-file", "-e", lost).status()).isNotZero();
        repository().run("fsck", "--full", "--strict").succeeds();
    }

    private List<Path> loose() throws Exception {
        try (Stream<Path> files = Files.walk(repository().folder().resolve("objects"), 2)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{38}"))
                    .toList();
        }
    }

    @Test
    void youngPacksStayForThoseWhoReadThem() throws Exception {
        push(3);
        Done done = (Done) forge.app.parts().housekeeping.run(PROJECT, () -> false);
        assertThat(done.before()).isEqualTo(new State(0, 3));
        assertThat(done.after().packs()).isEqualTo(4);
    }

    @Test
    void aRepositoryWithMoreThanTheMemoryIsForIsLeftAsItIs() throws Exception {
        push(1);
        Housekeeping small = new Housekeeping(
                forge.app.parts().repositories, now::get, Housekeeping.GRACE, Housekeeping.PACK_GRACE, 2);
        assertThat(small.run(PROJECT, () -> false)).isEqualTo(new Housekeeping.Outcome.TooLarge(3));
        assertThat(small.run(99, () -> false)).isEqualTo(new Housekeeping.Outcome.Gone());
    }

    @Test
    void turnsComeAfterPushesToUntidyRepositoriesAndNotBesideABackup() throws Exception {
        Path lockFile = folder.resolve("objects.lock");
        HousekeepingRules rules = new HousekeepingRules(
                Duration.ZERO, Duration.ofHours(1), Duration.ZERO, 1_000, 3, Duration.ofMillis(20));
        now.set(Instant.now().plusSeconds(60));
        HousekeepingSchedule schedule = new HousekeepingSchedule(
                hasty(),
                rules,
                lockFile,
                Clock.systemUTC(),
                Thread.ofPlatform().daemon().factory());
        schedule.start();
        try {
            push(3);
            pushed(schedule);
            push(1);
            FolderLock backup = FolderLock.tryTake(lockFile).orElseThrow();
            pushed(schedule);
            // Looks several times meanwhile, and leaves it be.
            await().during(Duration.ofMillis(200)).atMost(WAIT_MAX).until(() -> packs() == 4);
            backup.close();
            await().atMost(WAIT_MAX).until(() -> packs() == 1);
        } finally {
            schedule.close();
        }
    }

    private void pushed(HousekeepingSchedule schedule) {
        schedule.pushed(new PushEvent(PROJECT, "root/kept", new Pusher.Person(1, "root", true), List.of(), List.of()));
    }

    private long packs() throws Exception {
        try (var files = Files.list(repository().folder().resolve("objects/pack"))) {
            return files.filter(file -> file.toString().endsWith(".pack")).count();
        }
    }
}
