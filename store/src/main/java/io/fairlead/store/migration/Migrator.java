package io.fairlead.store.migration;

import io.fairlead.base.error.FairleadException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Brings a database to the newest version, each step in a transaction of its own.
 *
 * <p>Refuses a database that a newer program has touched and one whose history differs from what this program would have
 * run: both mean that guessing would lose data.
 */
public final class Migrator {
    /** Every migration there has ever been, oldest first. Only ever append. */
    public static final List<Migration> ALL = Stream.of(
                    "0001-first-tables.sql",
                    "0002-groups.sql",
                    "0003-ci-access.sql",
                    "0004-tokens.sql",
                    "0005-keys.sql",
                    "0006-variables-and-environments.sql",
                    "0007-protected-refs.sql",
                    "0008-hooks-and-reachable-agents.sql",
                    "0009-installation.sql",
                    "0010-signed-hooks.sql",
                    "0011-project-imports.sql",
                    "0012-agent-configurations.sql",
                    "0013-jobs.sql",
                    "0014-access-changes.sql",
                    "0015-cluster-credentials.sql")
            .map(Migration::resource)
            .toList();

    private final List<Migration> migrations;
    private final InstantSource clock;

    public Migrator(List<Migration> migrations, InstantSource clock) {
        this.migrations = List.copyOf(migrations);
        this.clock = clock;
    }

    /**
     * Runs what is missing; {@code connection} must be the only writer.
     *
     * @throws FairleadException {@code store.newer}, {@code store.changed} or {@code store.migration-failed}
     */
    public void migrate(Connection connection, Dialect dialect) {
        List<Migration> steps =
                migrations.stream().map(migration -> migration.in(dialect)).toList();
        try {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("""
                        create table if not exists schema_history (
                          version integer primary key, name text not null, checksum text not null,
                          applied_at bigint not null)""");
            }
            connection.commit();
            Map<Integer, String> applied = applied(connection);
            refuseNewer(applied);
            for (Migration migration : steps) {
                String checksum = applied.get(migration.version());
                if (checksum == null) {
                    apply(connection, migration);
                } else if (!checksum.equals(migration.checksum())) {
                    throw new FairleadException(
                            "store.changed",
                            "migration " + migration.version() + " (" + migration.name()
                                    + ") of this program is not the"
                                    + " one this database was made with; restore a backup or use the program that made"
                                    + " it");
                }
            }
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw new FairleadException("store.migration-failed", "the database could not be read: " + e, e);
        }
    }

    private static Map<Integer, String> applied(Connection connection) throws SQLException {
        Map<Integer, String> applied = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select version, checksum from schema_history")) {
            while (rows.next()) {
                applied.put(rows.getInt(1), rows.getString(2));
            }
        }
        return applied;
    }

    private void refuseNewer(Map<Integer, String> applied) {
        int known = migrations.stream().mapToInt(Migration::version).max().orElse(0);
        for (int version : applied.keySet()) {
            if (version > known) {
                throw new FairleadException(
                        "store.newer",
                        "the database has version " + version + " and this program knows versions up to " + known
                                + "; start the newer program, or restore a backup from before the upgrade");
            }
        }
    }

    private void apply(Connection connection, Migration migration) throws SQLException {
        try (Statement statement = connection.createStatement();
                PreparedStatement record =
                        connection.prepareStatement("insert into schema_history values (?, ?, ?, ?)")) {
            for (String sql : migration.statements()) {
                statement.execute(sql);
            }
            record.setInt(1, migration.version());
            record.setString(2, migration.name());
            record.setString(3, migration.checksum());
            record.setLong(4, clock.millis());
            record.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw new FairleadException(
                    "store.migration-failed",
                    "migration " + migration.version() + " (" + migration.name() + ") failed, the database is as it was"
                            + " before it: " + e.getMessage(),
                    e);
        }
    }
}
