package io.fairlead.store.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.database.UnstorableTextException;
import io.fairlead.store.TestDatabase;
import io.fairlead.store.Together;
import io.fairlead.store.migration.Migrator;
import io.fairlead.testing.postgresql.PostgresqlServer;
import io.fairlead.testing.process.Checkout;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresqlDatabaseTest {
    private static final PostgresqlServer SERVER = PostgresqlServer.shared();

    /** Shorter than in use, where it outlasts a restart of the server. */
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private static PostgresqlDatabase database(PostgresqlConfig config) {
        return new PostgresqlDatabase(config, new Migrator(Migrator.ALL, InstantSource.system()), WAIT_MAX);
    }

    private static PostgresqlConfig changed(PostgresqlConfig of, int port, String database, Optional<Path> password) {
        return new PostgresqlConfig(
                of.host(), port, database, of.username(), password, of.sslMode(), of.rootCertificate(), of.poolSize());
    }

    /** What a start with it says. */
    private static FairleadException refusal(PostgresqlConfig config) throws Exception {
        try (PostgresqlDatabase database = database(config)) {
            FairleadException refused = catchThrowableOfType(FairleadException.class, database::start);
            assertThat(refused).isNotNull();
            StringWriter all = new StringWriter();
            refused.printStackTrace(new PrintWriter(all));
            assertThat(all.toString()).doesNotContain(SERVER.password());
            return refused;
        }
    }

    @Test
    void saysWhereNobodyAnswers() throws Exception {
        PostgresqlConfig config = TestDatabase.config(SERVER, "x");
        FairleadException refused = refusal(changed(config, Checkout.freePort(), "x", config.passwordFile()));
        assertThat(refused.code()).isEqualTo("store.unreachable");
        assertThat(refused).hasMessageContaining("x at 127.0.0.1:").hasMessageContaining("see that it runs");
    }

    @Test
    void saysWhosePasswordIsWrong() throws Exception {
        PostgresqlConfig config = TestDatabase.config(SERVER);
        Path wrong = Files.writeString(folder.resolve("wrong"), "guess-7\n");
        FairleadException refused = refusal(changed(config, config.port(), config.database(), Optional.of(wrong)));
        assertThat(refused.code()).isEqualTo("store.wrong-password");
        assertThat(refused).hasMessageContaining("\"fairlead\"").hasMessageContaining("database.password_file");
        assertThat(refused).hasStackTraceContaining("PSQLException").satisfies(e -> {
            StringWriter all = new StringWriter();
            e.printStackTrace(new PrintWriter(all));
            assertThat(all.toString()).doesNotContain("guess-7");
        });
    }

    @Test
    void saysWhichPasswordFileIsNotThereOrEmpty() throws Exception {
        PostgresqlConfig config = TestDatabase.config(SERVER);
        Path absent = folder.resolve("absent");
        assertThat(refusal(changed(config, config.port(), config.database(), Optional.of(absent))))
                .hasMessageContaining(absent.toString())
                .extracting(FairleadException::code)
                .isEqualTo("store.password-unreadable");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertThat(refusal(changed(config, config.port(), config.database(), Optional.of(empty))))
                .hasMessageContaining("it is empty");
    }

    @Test
    void saysThatAPasswordIsAskedForWhenNoneIsGiven() throws Exception {
        PostgresqlConfig config = TestDatabase.config(SERVER);
        FairleadException refused = refusal(changed(config, config.port(), config.database(), Optional.empty()));
        assertThat(refused).hasMessageContaining("no password was provided").hasMessageContaining("password_file");
    }

    @Test
    void saysHowToMakeTheDatabaseThatIsNotThere() throws Exception {
        FairleadException refused = refusal(TestDatabase.config(SERVER, "nowhere"));
        assertThat(refused.code()).isEqualTo("store.no-database");
        assertThat(refused).hasMessageContaining("createdb --owner fairlead").hasMessageContaining("nowhere");
    }

    @Test
    void saysWhoMustOwnTheDatabase() throws Exception {
        SERVER.sql("create database foreign_one");
        FairleadException refused = refusal(TestDatabase.config(SERVER, "foreign_one"));
        assertThat(refused.code()).isEqualTo("store.no-rights");
        assertThat(refused).hasMessageContaining("alter database \"foreign_one\" owner to \"fairlead\"");
    }

    @Test
    void refusesADatabaseThatCannotHoldEveryName() throws Exception {
        SERVER.sql("create database latin owner fairlead encoding 'LATIN1' template template0");
        assertThat(refusal(TestDatabase.config(SERVER, "latin")).code()).isEqualTo("store.wrong-encoding");
    }

    @Test
    void refusesAServerThatIsTooOldOrAStandby() {
        assertThatThrownBy(() -> FirstConnection.refuseOld(140_019, "x at y:1"))
                .hasMessageContaining("version 14; upgrade it to 15 or later");
        FirstConnection.refuseOld(150_000, "x at y:1");
        assertThatThrownBy(() -> FirstConnection.refuseStandby("on", "x at y:1"))
                .hasMessageContaining("is a standby");
        FirstConnection.refuseStandby("off", "x at y:1");
    }

    @Test
    void demandsACertificateUnlessToldOtherwise() throws Exception {
        PostgresqlConfig of = TestDatabase.config(SERVER);
        FairleadException refused = refusal(new PostgresqlConfig(
                of.host(),
                of.port(),
                of.database(),
                of.username(),
                of.passwordFile(),
                SslMode.VERIFY_FULL,
                Optional.empty(),
                2));
        assertThat(refused).hasMessageContaining("SSL").hasMessageContaining("sslmode");
    }

    @Test
    void takesANewPasswordWithoutARestart() throws Exception {
        SERVER.sql("create role changing login password 'first'");
        String name = SERVER.freshDatabase();
        SERVER.sql("alter database " + name + " owner to changing");
        Path file = Files.writeString(folder.resolve("password"), "first");
        PostgresqlConfig config = new PostgresqlConfig(
                SERVER.host(),
                SERVER.port(),
                name,
                "changing",
                Optional.of(file),
                SslMode.DISABLE,
                Optional.empty(),
                1);
        try (PostgresqlDatabase database = database(config)) {
            database.start();
            SERVER.sql("alter role changing password 'second'");
            Files.writeString(file, "second\n");
            SERVER.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'changing'");
            Awaitility.await().ignoreExceptions().until(() -> one(database) == 1);
        }
    }

    @Test
    void twoThatStartAtOnceMakeTheTablesOnce() throws Exception {
        for (int i = 0; i < 3; i++) {
            PostgresqlConfig config = TestDatabase.config(SERVER);
            try (PostgresqlDatabase left = database(config);
                    PostgresqlDatabase right = database(config)) {
                Together.all(List.of(() -> started(left), () -> started(right)));
                long steps = left.read(handle -> handle.createQuery("select count(*) from schema_history")
                        .mapTo(Long.class)
                        .one());
                assertThat(steps).isEqualTo(Migrator.ALL.size());
                assertThat(one(right)).isEqualTo(1);
            }
        }
    }

    private static boolean started(PostgresqlDatabase database) throws Exception {
        database.start();
        return true;
    }

    @Test
    void refusesATextThatNoColumnHolds() throws Exception {
        try (PostgresqlDatabase database = database(TestDatabase.config(SERVER))) {
            database.start();
            assertThatThrownBy(() ->
                            database.read(handle -> handle.createQuery("select count(*) from users where name = :name")
                                    .bind("name", "a\0b")
                                    .mapTo(Long.class)
                                    .one()))
                    .isInstanceOf(UnstorableTextException.class);
        }
    }

    @Test
    void tellsThatAllConnectionsAreBusy() throws Exception {
        PostgresqlConfig of = TestDatabase.config(SERVER);
        PostgresqlConfig single = new PostgresqlConfig(
                of.host(),
                of.port(),
                of.database(),
                of.username(),
                of.passwordFile(),
                of.sslMode(),
                Optional.empty(),
                1);
        try (PostgresqlDatabase database = database(single)) {
            database.start();
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            Thread holder = Thread.ofVirtual()
                    .start(() -> database.read(handle -> {
                        one(database);
                        held.countDown();
                        return awaited(end);
                    }));
            held.await();
            assertThatThrownBy(() -> one(database))
                    .isInstanceOf(DatabaseUnavailableException.class)
                    .hasMessageContaining("database.pool")
                    .extracting(e -> ((FairleadException) e).code())
                    .isEqualTo("store.busy");
            end.countDown();
            holder.join();
        }
    }

    @Test
    void outlivesItsServer() throws Exception {
        try (PostgresqlServer server = PostgresqlServer.durable();
                PostgresqlDatabase database = database(TestDatabase.config(server))) {
            database.start();
            database.write(handle -> handle.execute("insert into usage_counters (name, total) values ('kept', 1)"));
            server.stop();
            assertUnreachable(database);
            // Only the first waits to see whether the server comes back: these would take 20 times as long.
            long began = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertUnreachable(database);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(WAIT_MAX.multipliedBy(10));
            server.start();
            Awaitility.await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> one(database) == 1);
            long kept =
                    database.read(handle -> handle.createQuery("select total from usage_counters where name = 'kept'")
                            .mapTo(Long.class)
                            .one());
            assertThat(kept).isEqualTo(1);
        }
    }

    private static void assertUnreachable(PostgresqlDatabase database) {
        assertThatThrownBy(() -> one(database))
                .isInstanceOf(DatabaseUnavailableException.class)
                .extracting(e -> ((FairleadException) e).code())
                .isEqualTo("store.unreachable");
    }

    @Test
    void aTransactionWhoseConnectionBreaksIsTakenBackAndSaidToBe() throws Exception {
        try (PostgresqlDatabase database = database(TestDatabase.config(SERVER))) {
            database.start();
            assertThatThrownBy(() -> database.write(handle -> {
                        handle.execute("insert into usage_counters (name, total) values ('half', 1)");
                        SERVER.sql("select pg_terminate_backend(" + backend(handle) + ")");
                        return handle.execute("insert into usage_counters (name, total) values ('other', 1)");
                    }))
                    .isInstanceOf(DatabaseUnavailableException.class);
            long rows = database.read(handle -> handle.createQuery("select count(*) from usage_counters")
                    .mapTo(Long.class)
                    .one());
            assertThat(rows).isZero();
        }
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static int backend(Handle handle) {
        return handle.createQuery("select pg_backend_pid()")
                .mapTo(Integer.class)
                .one();
    }

    private static int one(PostgresqlDatabase database) {
        return database.read(
                handle -> handle.createQuery("select 1").mapTo(Integer.class).one());
    }
}
