package io.fairlead.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.store.migration.Migrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is SQLite's own; {@link io.fairlead.store.DatabaseContractTest} has what it shares with others. */
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
        database.write(handle -> handle.execute("insert into usage_counters (name, total) values ('a', 1)"));
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

    /** Statements are kept prepared: each of these would trip over one that was left as it was. */
    @Test
    void aKeptStatementBeginsAnew() {
        for (int i = 1; i <= 3; i++) {
            int number = i;
            String name = "counter-" + i;
            database.write(
                    handle -> handle.createUpdate("insert into usage_counters (name, total) values (:name, :total)")
                            .bind("name", name)
                            .bind("total", number)
                            .execute());
            assertThatThrownBy(() -> database.write(handle -> handle.createUpdate(
                                    "insert into usage_counters (name, total) values (:name, :total)")
                            .bind("name", name)
                            .bind("total", 0)
                            .execute()))
                    .isInstanceOf(UnableToExecuteStatementException.class);
            assertThat(total(name)).isEqualTo(number);
        }
    }

    @Test
    void aTextIsAskedWithinItsOwnAnswer() {
        database.write(handle -> handle.execute("insert into usage_counters (name, total) values ('a', 1), ('b', 2)"));
        List<Integer> totals =
                database.read(handle -> handle.createQuery("select name from usage_counters order by name")
                        .map((row, _) -> handle.createQuery("select total from usage_counters where name = :name")
                                        .bind("name", row.getString(1))
                                        .mapTo(Integer.class)
                                        .one()
                                + handle.createQuery("select name from usage_counters order by name")
                                        .mapTo(String.class)
                                        .list()
                                        .size())
                        .list());
        assertThat(totals).containsExactly(3, 4);
    }

    @Test
    void anAnswerThatWasLeftHalfReadHoldsNothing() throws SQLException {
        database.write(handle -> handle.execute("insert into usage_counters (name, total) values ('a', 1), ('b', 2)"));
        assertThatThrownBy(() -> database.read(handle -> handle.createQuery("select name from usage_counters")
                        .map((row, _) -> {
                            throw new IllegalStateException("enough");
                        })
                        .list()))
                .isInstanceOf(IllegalStateException.class);
        database.write(handle -> handle.execute("update usage_counters set total = total + 1"));
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("fairlead.db"));
                Statement statement = other.createStatement();
                ResultSet checkpoint = statement.executeQuery("pragma wal_checkpoint(truncate)")) {
            assertThat(checkpoint.getInt("busy")).isZero();
        }
    }

    @Test
    void aTableThatHasChangedIsReadAsItIs() {
        database.write(handle -> handle.execute("insert into usage_counters (name, total) values ('a', 1)"));
        String text = "select * from usage_counters";
        int before = database.read(
                handle -> handle.createQuery(text).mapToMap().one().size());
        database.write(handle -> handle.execute("alter table usage_counters add column note text default 'n'"));
        int after = database.read(
                handle -> handle.createQuery(text).mapToMap().one().size());
        assertThat(after).isEqualTo(before + 1);
    }

    @Test
    void moreTextsThanAreKeptAreAnswered() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 300; i++) {
                int number = i;
                assertThat(database.<Integer>read(handle -> handle.createQuery("select " + number)
                                .mapTo(Integer.class)
                                .one()))
                        .isEqualTo(number);
            }
        }
    }

    private int total(String name) {
        return database.read(handle -> handle.createQuery("select total from usage_counters where name = :name")
                .bind("name", name)
                .mapTo(Integer.class)
                .one());
    }
}
