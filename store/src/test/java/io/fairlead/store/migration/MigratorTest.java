package io.fairlead.store.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigratorTest {
    private static final Migration ONE = new Migration(1, "one", "create table a (x integer);\n");
    private static final Migration TWO =
            new Migration(2, "two", "create table b (x integer);\ninsert into b values (7);\n");

    @TempDir
    Path folder;

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void runsWhatIsMissingAndNothingTwice() throws SQLException {
        migrate(ONE);
        migrate(ONE, TWO);
        migrate(ONE, TWO);
        assertThat(texts("select x from b")).containsExactly("7");
        assertThat(texts("select version || ' ' || name from schema_history order by version"))
                .containsExactly("1 one", "2 two");
    }

    @Test
    void takesBackAStepThatFailsAndKeepsThoseBefore() throws SQLException {
        Migration broken = new Migration(2, "broken", "create table c (x integer);\ninsert into nope values (1);\n");
        assertThatThrownBy(() -> migrate(ONE, broken))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("migration 2 (broken)");
        connection.setAutoCommit(true);
        assertThat(texts("select name from sqlite_master where name in ('a', 'c')"))
                .containsExactly("a");
    }

    @Test
    void refusesADatabaseOfANewerProgram() {
        migrate(ONE, TWO);
        assertThatThrownBy(() -> migrate(ONE)).hasMessageContaining("version 2").hasMessageContaining("up to 1");
    }

    @Test
    void refusesAHistoryThatDiffers() {
        migrate(ONE);
        Migration changed = new Migration(1, "one", "create table a (y integer);\n");
        assertThatThrownBy(() -> migrate(changed)).hasMessageContaining("migration 1 (one)");
    }

    @Test
    void allMigrationsOfTheProductRunOnAnEmptyDatabaseInOrder() throws SQLException {
        migrate(Migrator.ALL.toArray(Migration[]::new));
        assertThat(Migrator.ALL).extracting(Migration::version).isSorted().doesNotHaveDuplicates();
        assertThat(texts("select name from sqlite_master where type = 'table'"))
                .contains("users", "projects", "cluster_agents");
    }

    private void migrate(Migration... migrations) {
        new Migrator(List.of(migrations), InstantSource.system()).migrate(connection);
    }

    private List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
