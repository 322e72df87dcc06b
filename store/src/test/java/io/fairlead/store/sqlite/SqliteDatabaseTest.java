package io.fairlead.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.store.migration.Migrator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
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
}
