package io.fairlead.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.store.TestDatabase;
import io.fairlead.testing.postgresql.PostgresqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same tables wherever they are made. */
class DialectTest {
    /** Of what each database was told by the releases so far: these never change, new ones come behind them. */
    private static final List<String> SQLITE = List.of(
            "519ba010b778",
            "c2f00368f02f",
            "91e2a594cb4f",
            "c6ab222273a5",
            "c0005ffa69da",
            "517001be7dfb",
            "925e5bd0d47f",
            "d57f731a423b",
            "cc6fa43b8b6a",
            "63d5590425e6",
            "798e2c1af5fe",
            "b66cf13113f2",
            "333f67e16fc2",
            "593814a0bdf3",
            "91b177a41232");

    private static final List<String> POSTGRESQL = List.of(
            "ee1590f59deb",
            "a0dce4a7d00c",
            "79361e4aef34",
            "a192f38eab81",
            "a89bc55f7ba9",
            "1b41f688d4c4",
            "70f25784a3e2",
            "1a8ed2d1e7d8",
            "aa5ecee23ca1",
            "43025b1ea696",
            "3327e82476a6",
            "15cd07d000bf",
            "b2e744bd9a58",
            "e341a5995277",
            "09e631a93cca");

    @TempDir
    Path folder;

    @Test
    void whatWasReleasedStaysAsItWas() {
        assertThat(checksums(Dialect.SQLITE)).startsWith(SQLITE.toArray(String[]::new));
        assertThat(checksums(Dialect.POSTGRESQL)).startsWith(POSTGRESQL.toArray(String[]::new));
    }

    /** The first twelve digits tell a change as well as all of them. */
    private static List<String> checksums(Dialect dialect) {
        return Migrator.ALL.stream()
                .map(migration -> migration.in(dialect).checksum().substring(0, 12))
                .toList();
    }

    @Test
    void bothHaveTheSameColumns() throws Exception {
        PostgresqlServer server = PostgresqlServer.shared();
        String name = server.freshDatabase();
        try (Connection sqlite = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("test.db"));
                Connection postgresql = connect(server, name)) {
            Migrator migrator = new Migrator(Migrator.ALL, InstantSource.system());
            migrator.migrate(sqlite, Dialect.SQLITE);
            migrator.migrate(postgresql, Dialect.POSTGRESQL);
            TreeSet<String> ours = columns(sqlite, """
                    select m.name || '.' || c.name || ' ' || (case when c."notnull" or c.pk then 'must' else 'may' end)
                    from sqlite_master m join pragma_table_info(m.name) c
                    where m.type = 'table' and m.name not like 'sqlite%'""");
            TreeSet<String> theirs = columns(postgresql, """
                    select table_name || '.' || column_name || ' ' || (case is_nullable when 'NO' then 'must' else 'may' end)
                    from information_schema.columns join information_schema.tables using (table_schema, table_name)
                    where table_schema = 'public' and table_type = 'BASE TABLE'""");
            assertThat(theirs).isEqualTo(ours).hasSizeGreaterThan(100);
            assertThat(columns(postgresql, """
                    select table_name || '.' || column_name from information_schema.columns
                    where table_schema = 'public' and data_type = 'text' and table_name <> 'schema_history'
                      and collation_name is distinct from 'C'""")).isEmpty();
            assertThat(columns(postgresql, "select tgname from pg_trigger where not tgisinternal"))
                    .isEqualTo(columns(sqlite, "select name from sqlite_master where type = 'trigger'"))
                    .hasSizeGreaterThan(20);
        }
    }

    /** Rows of the first version stay what they were here too. */
    @Test
    void aDatabaseOfTheFirstVersionGoesAllTheWay() throws Exception {
        PostgresqlServer server = PostgresqlServer.shared();
        String name = server.freshDatabase();
        try (Connection connection = connect(server, name)) {
            new Migrator(List.of(Migrator.ALL.getFirst()), InstantSource.system())
                    .migrate(connection, Dialect.POSTGRESQL);
            try (Statement statement = connection.createStatement()) {
                for (String row : List.of(
                        "users values (1, 'root', 'root', 'R', 'r@x', 1, null, 5)",
                        "users values (2, 'dev', 'dev', 'D', 'd@x', 0, null, 5)",
                        "namespaces values (1, 'user', 'R', 'root', 'root', 'root', null, 1, 5)",
                        "projects values (3, 1, 'P', 'p', 'root/p', 'root/p', null, 'private', 'main', 1, 5)",
                        "project_members values (3, 2, 30, 5)")) {
                    statement.executeUpdate("insert into " + row);
                }
            }
            new Migrator(Migrator.ALL, InstantSource.system()).migrate(connection, Dialect.POSTGRESQL);
            assertThat(columns(
                            connection,
                            "select user_id || ':' || access_level from project_roles where project_id = 3"))
                    .containsExactly("1:50", "2:30");
        }
    }

    private static Connection connect(PostgresqlServer server, String database) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", TestDatabase.config(server, database).username());
        properties.setProperty("password", server.password());
        return DriverManager.getConnection(
                "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database, properties);
    }

    private static TreeSet<String> columns(Connection connection, String sql) throws Exception {
        TreeSet<String> texts = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }
}
