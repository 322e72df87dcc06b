package io.fairlead.store.postgresql;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.Deadline;
import io.fairlead.store.migration.Dialect;
import io.fairlead.store.migration.Migrator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** The connection on which a start finds out whether the server will do, and makes the tables what they must be. */
final class FirstConnection {
    static final int VERSION_MIN = 15;

    /** A server that is just starting is waited for. */
    private static final Duration STARTING_MAX = Duration.ofSeconds(30);

    private static final Duration STARTING_PERIOD = Duration.ofMillis(200);

    /** Another process may be making the same tables. */
    private static final Duration TURN_MAX = Duration.ofSeconds(60);

    /** Ours alone among the locks of a database that others may use too: "fairlead" in bytes. */
    private static final long MIGRATION_LOCK = 0x66_61_69_72_6c_65_61_64L;

    private final PostgresqlConfig config;
    private final ServerDataSource source;
    private final ServerErrors errors;

    FirstConnection(PostgresqlConfig config, ServerDataSource source, ServerErrors errors) {
        this.config = config;
        this.source = source;
        this.errors = errors;
    }

    /**
     * Migrates; gives the server's version in its own words.
     *
     * @throws FairleadException that says what to do
     */
    String prepare(Migrator migrator) throws InterruptedException {
        try (Connection connection = open()) {
            int version = Integer.parseInt(show(connection, "server_version_num"));
            refuseOld(version, config.place());
            refuseEncoding(show(connection, "server_encoding"), config.place());
            refuseStandby(show(connection, "in_hot_standby"), config.place());
            // Large tables may take longer than any request may.
            connection.setNetworkTimeout(Runnable::run, 0);
            run(connection, "set default_transaction_read_only = off");
            run(connection, "set statement_timeout = 0");
            migrate(connection, migrator);
            return show(connection, "server_version");
        } catch (SQLException e) {
            throw errors.atStart(e);
        }
    }

    private Connection open() throws SQLException, InterruptedException {
        Deadline deadline = Deadline.in(STARTING_MAX);
        while (true) {
            try {
                return source.getConnection();
            } catch (SQLException e) {
                if (!ServerErrors.starting(e) || deadline.passed()) {
                    throw e;
                }
                Deadline.pause(STARTING_PERIOD);
            }
        }
    }

    /** One process at a time; whoever waited finds the work done. The lock ends with the connection. */
    private void migrate(Connection connection, Migrator migrator) throws SQLException {
        run(connection, "set lock_timeout = " + TURN_MAX.toMillis());
        try {
            run(connection, "select pg_advisory_lock(" + MIGRATION_LOCK + ")");
        } catch (SQLException e) {
            if (!ServerErrors.lockTimeout(e)) {
                throw e;
            }
            throw new FairleadException(
                    "store.migration-busy",
                    "another process has been changing the tables of " + config.place() + " for " + TURN_MAX.toSeconds()
                            + " s; wait until it is done, or stop it",
                    e);
        }
        try {
            migrator.migrate(connection, Dialect.POSTGRESQL);
        } catch (FairleadException e) {
            if (e.getCause() instanceof SQLException cause && ServerErrors.noPrivilege(cause)) {
                throw errors.atStart(cause);
            }
            throw e;
        }
    }

    /** @param version as the server numbers it: 170005 is 17.5 */
    static void refuseOld(int version, String place) {
        if (version < VERSION_MIN * 10_000) {
            throw new FairleadException(
                    "store.too-old",
                    "PostgreSQL with the database " + place + " has version " + version / 10_000 + "; upgrade it to "
                            + VERSION_MIN + " or later");
        }
    }

    static void refuseEncoding(String encoding, String place) {
        if (!encoding.equals("UTF8")) {
            throw new FairleadException(
                    "store.wrong-encoding",
                    "the database " + place + " has the encoding " + encoding
                            + ", which cannot hold every name; create one with the encoding UTF8");
        }
    }

    /** @param standby {@code on} or {@code off} */
    static void refuseStandby(String standby, String place) {
        if (standby.equals("on")) {
            throw new FairleadException(
                    "store.read-only",
                    "PostgreSQL with the database " + place
                            + " is a standby and takes no changes; let database.host name the primary");
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
