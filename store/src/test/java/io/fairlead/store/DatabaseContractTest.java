package io.fairlead.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every database does for the forge. */
class DatabaseContractTest {
    @Nested
    class OnSqlite extends Contract {
        OnSqlite() {
            super(TestDatabase.SQLITE);
        }
    }

    @Nested
    class OnPostgresql extends Contract {
        OnPostgresql() {
            super(TestDatabase.POSTGRESQL);
        }
    }

    /** The statements, which hold for each. */
    abstract static class Contract {
        private final TestDatabase kind;

        @TempDir
        Path folder;

        private TestDatabase.Opened database;

        Contract(TestDatabase kind) {
            this.kind = kind;
        }

        @BeforeEach
        void open() throws Exception {
            database = kind.open(folder, InstantSource.system());
        }

        @AfterEach
        void close() throws Exception {
            database.close();
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
            assertThatThrownBy(() -> database.read(handle -> insert(handle, "x")))
                    .hasStackTraceContaining(kind == TestDatabase.SQLITE ? "readonly" : "read-only");
            assertThat(count("x")).isZero();
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
            Callable<Integer> writer =
                    () -> database.write(handle -> handle.createUpdate("""
                            insert into usage_counters (name, total) values ('n', 1)
                            on conflict (name) do update set total = usage_counters.total + 1""").execute());
            assertThat(Together.all(Collections.nCopies(50, writer))).containsOnly(1);
            assertThat(total("n")).isEqualTo(50);
        }

        @Test
        void aWriteMayActOnWhatItHasRead() throws Exception {
            Callable<Integer> nextOne = () -> database.write(handle -> {
                long next = handle.createQuery("select count(*) + 1 from usage_counters")
                        .mapTo(Long.class)
                        .one();
                return handle.createUpdate("insert into usage_counters (name, total) values (:name, :next)")
                        .bind("name", "number " + next)
                        .bind("next", next)
                        .execute();
            });
            assertThat(Together.all(Collections.nCopies(20, nextOne))).containsOnly(1);
            List<Long> totals =
                    database.read(handle -> handle.createQuery("select total from usage_counters order by total")
                            .mapTo(Long.class)
                            .list());
            assertThat(totals).hasSize(20).startsWith(1L, 2L).endsWith(19L, 20L);
        }

        /** Each alone would be right; what both read forbids that both happen, though they write to different rows. */
        @Test
        void twoWritesThatWouldEachMakeTheOtherWrongAreNotBothDone() throws Exception {
            for (int round = 0; round < 20; round++) {
                String prefix = "round " + round + " ";
                database.write(handle -> insert(handle, prefix + 0) + insert(handle, prefix + 1));
                List<Boolean> went = Together.all(List.of(leaving(prefix, 0), leaving(prefix, 1)));
                assertThat(went).containsExactlyInAnyOrder(true, false);
            }
        }

        private Callable<Boolean> leaving(String prefix, int who) {
            return () -> database.write(handle -> {
                long there = handle.createQuery("select count(*) from usage_counters where name like :names")
                        .bind("names", prefix + "%")
                        .mapTo(Long.class)
                        .one();
                if (there < 2) {
                    return false;
                }
                handle.createUpdate("delete from usage_counters where name = :name")
                        .bind("name", prefix + who)
                        .execute();
                return true;
            });
        }

        @Test
        void textsAreComparedAndOrderedByTheirBytes() {
            for (String name : List.of("b", "B", "a-b", "ab", "ä")) {
                database.write(handle -> insert(handle, name));
            }
            List<String> names =
                    database.read(handle -> handle.createQuery("select name from usage_counters order by name")
                            .mapTo(String.class)
                            .list());
            assertThat(names).containsExactly("B", "a-b", "ab", "b", "ä");
        }

        @Test
        void aNameThatIsTakenStaysTaken() {
            database.write(handle -> insert(handle, "taken"));
            assertThatThrownBy(() -> database.write(handle -> insert(handle, "taken")))
                    .isInstanceOf(org.jdbi.v3.core.JdbiException.class);
            assertThat(count("taken")).isEqualTo(1);
        }

        @Test
        void neverGivesAnIdAgain() {
            long first = user("a");
            database.write(handle -> handle.execute("delete from users"));
            assertThat(user("a")).isGreaterThan(first);
        }

        @Test
        void keepsWhatWasWrittenAcrossARestart() throws Exception {
            database.write(handle -> insert(handle, "kept"));
            database.restart();
            assertThat(count("kept")).isEqualTo(1);
        }

        private long user(String name) {
            return database.write(handle ->
                    handle.createQuery("""
                            insert into users (username, username_folded, name, email, admin, created_at)
                            values (:name, :name, :name, :name, 0, 5) returning id""").bind("name", name).mapTo(Long.class).one());
        }

        private static int insert(Handle handle, String name) {
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

        private long total(String name) {
            return database.read(handle -> handle.createQuery("select total from usage_counters where name = :name")
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
}
