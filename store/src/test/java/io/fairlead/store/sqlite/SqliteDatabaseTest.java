package io.fairlead.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.store.migration.Migrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteDatabaseTest {
    @TempDir
    Path folder;

    private SqliteDatabase database;

    @BeforeEach
    void open() throws Exception {
        database =
                new SqliteDatabase(folder.resolve("fairlead.db"), new Migrator(Migrator.ALL, InstantSource.system()));
        database.start();
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void onlyTheOwnerCanReadTheFiles() throws Exception {
        count("a");
        try (var files = Files.list(folder)) {
            assertThat(files.toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void commitsAreWaitedForByTheDisk() {
        int synchronous = database.write(handle ->
                handle.createQuery("pragma synchronous").mapTo(Integer.class).one());
        assertThat(synchronous).isEqualTo(2);
        String mode = database.read(handle ->
                handle.createQuery("pragma journal_mode").mapTo(String.class).one());
        assertThat(mode).isEqualTo("wal");
    }

    @Test
    void takesBackEverythingOfAWorkThatThrows() {
        assertThatThrownBy(() -> database.write(handle -> {
                    insert(handle, "half");
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(count("half")).isZero();
    }

    @Test
    void refusesToWriteOnTheReadingSide() {
        assertThatThrownBy(() -> database.read(handle -> insert(handle, "x"))).hasMessageContaining("readonly");
    }

    @Test
    void readersSeeTheLastCommitWhileAWriteIsInProgress() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> writing = threads.submit(() -> database.write(handle -> {
                int rows = insert(handle, "slow");
                written.countDown();
                await(read);
                return rows;
            }));
            assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(count("slow")).isZero();
            read.countDown();
            assertThat(writing.get()).isEqualTo(1);
        }
        assertThat(count("slow")).isEqualTo(1);
    }

    @Test
    void manyWritersAtOnceLoseNothing() throws Exception {
        List<Future<Integer>> writes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                writes.add(threads.submit(
                        () -> database.write(handle -> handle.createUpdate("""
                                insert into usage_counters (name, total) values ('n', 1)
                                on conflict (name) do update set total = usage_counters.total + 1""").execute())));
            }
            for (Future<Integer> write : writes) {
                assertThat(write.get()).isEqualTo(1);
            }
        }
        long total = database.read(handle -> handle.createQuery("select total from usage_counters where name = 'n'")
                .mapTo(Long.class)
                .one());
        assertThat(total).isEqualTo(50);
    }

    @Test
    void keepsWhatWasWrittenAcrossARestart() throws Exception {
        database.write(handle -> insert(handle, "kept"));
        database.close();
        open();
        assertThat(count("kept")).isEqualTo(1);
    }

    private static int insert(org.jdbi.v3.core.Handle handle, String name) {
        return handle.createUpdate("insert into usage_counters (name, total) values (:name, 1)")
                .bind("name", name)
                .execute();
    }

    private long count(String name) {
        return database.read(handle -> handle.createQuery("select count(*) from usage_counters where name = :name")
                .bind("name", name)
                .mapTo(Long.class)
                .one());
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody read");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
