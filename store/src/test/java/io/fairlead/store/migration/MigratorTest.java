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

    /** Rows as the first version wrote them stay what they were, and later features find them. */
    @Test
    void aDatabaseOfTheFirstVersionGoesAllTheWay() throws SQLException {
        migrate(Migrator.ALL.getFirst());
        for (String row : List.of(
                "users values (1, 'root', 'root', 'R', 'r@x', 1, null, 5)",
                "users values (2, 'dev', 'dev', 'D', 'd@x', 0, null, 5)",
                "namespaces values (1, 'user', 'R', 'root', 'root', 'root', null, 1, 5)",
                "projects values (3, 1, 'P', 'p', 'root/p', 'root/p', null, 'private', 'main', 1, 5)",
                "project_members values (3, 2, 30, 5)",
                "cluster_agents values (4, 3, 'a', 1, 5)")) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("insert into " + row);
            }
        }
        migrate(Migrator.ALL.toArray(Migration[]::new));
        assertThat(
                        texts(
                                "select user_id || ':' || access_level from project_roles where project_id = 3 order by user_id"))
                .containsExactly("1:50", "2:30");
        assertThat(texts("select name from cluster_agents")).containsExactly("a");
        assertThat(texts("pragma foreign_key_check")).isEmpty();
        assertThat(texts("pragma integrity_check")).containsExactly("ok");
    }

    private void migrate(Migration... migrations) {
        new Migrator(List.of(migrations), InstantSource.system()).migrate(connection, Dialect.SQLITE);
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
