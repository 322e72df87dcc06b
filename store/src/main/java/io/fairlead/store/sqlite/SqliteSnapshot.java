package io.fairlead.store.sqlite;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.backup.DatabaseSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * Copies the embedded database beside the process that uses it. {@code VACUUM INTO} is one reading transaction: it sees what
 * was committed when it began, and neither it nor the writer waits for the other.
 */
public final class SqliteSnapshot implements DatabaseSnapshot {
    private static final int LOCK_WAIT_MILLIS = 30_000;

    private final Path source;

    public SqliteSnapshot(Path source) {
        this.source = source;
    }

    @Override
    public Taken take(Path file) {
        if (!Files.exists(source)) {
            throw new FairleadException("backup.no-database", "there is no database " + source);
        }
        try {
            try (Connection connection = open(source);
                    PreparedStatement vacuum = connection.prepareStatement("vacuum into ?")) {
                vacuum.setString(1, file.toString());
                vacuum.execute();
            }
            try (Connection connection = open(file)) {
                check(connection);
                return new Taken(schemaVersion(connection), projects(connection));
            }
        } catch (SQLException e) {
            throw new FairleadException(
                    "backup.database", "the database " + source + " could not be copied: " + e.getMessage(), e);
        }
    }

    private static Connection open(Path file) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(LOCK_WAIT_MILLIS);
        return config.createConnection("jdbc:sqlite:" + file);
    }

    private void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("pragma quick_check(1)")) {
            String said = rows.next() ? rows.getString(1) : "nothing";
            if (!said.equals("ok")) {
                throw new FairleadException(
                        "backup.database", "the database " + source + " is damaged: " + said + "; restore a backup");
            }
        }
    }

    private static int schemaVersion(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select max(version) from schema_history")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static List<Long> projects(Connection connection) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from projects order by id")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids;
    }
}
