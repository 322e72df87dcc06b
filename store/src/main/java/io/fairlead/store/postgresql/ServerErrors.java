package io.fairlead.store.postgresql;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.database.DatabaseUnavailableException;
import io.fairlead.forge.database.UnstorableTextException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** What PostgreSQL's five-character codes mean to us. Its own texts go to the log; none of them holds a password. */
final class ServerErrors {
    private static final String SERIALIZATION_FAILURE = "40001";
    private static final String DEADLOCK = "40P01";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String NO_PRIVILEGE = "42501";
    private static final String NO_SUCH_TEXT = "22021";
    private static final String CANCELED = "57014";
    private static final String LOCK_TIMEOUT = "55P03";
    private static final String WRONG_PASSWORD = "28P01";
    private static final String NOT_LET_IN = "28000";
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String STARTING = "57P03";
    private static final String READ_ONLY = "25006";
    private static final String NOT_ON_A_STANDBY = "0A000";

    private static final String UNREACHABLE = "store.unreachable";

    private final PostgresqlConfig config;

    ServerErrors(PostgresqlConfig config) {
        this.config = config;
    }

    /** Two writes met; the one that is told so has changed nothing and may be run again. */
    static boolean collision(SQLException e) {
        return SERIALIZATION_FAILURE.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
    }

    /** A name is taken: by a write that met this one, so that running again finds it, or by an error of ours. */
    static boolean duplicate(SQLException e) {
        return UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    /** The server is there and says that it will take connections in a moment. */
    static boolean starting(SQLException e) {
        return STARTING.equals(e.getSQLState());
    }

    static boolean lockTimeout(SQLException e) {
        return LOCK_TIMEOUT.equals(e.getSQLState());
    }

    /** The server's part in a failure, if it has one. */
    static Optional<SQLException> in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    /** What to throw for a failure of work that had begun, or was to begin. */
    RuntimeException whileWorking(RuntimeException failure) {
        Optional<SQLException> sql = in(failure);
        if (sql.isEmpty()) {
            return failure;
        }
        SQLException e = sql.get();
        if (e instanceof SQLTransientConnectionException) {
            return unavailable(e);
        }
        String state = state(e);
        return switch (state) {
            case NO_SUCH_TEXT -> new UnstorableTextException(failure);
            case SERIALIZATION_FAILURE, DEADLOCK, CANCELED, LOCK_TIMEOUT -> busy(failure);
            default -> gone(state) ? unavailable(e) : failure;
        };
    }

    /** The same for a write, which a server that became a standby refuses. */
    RuntimeException whileWriting(RuntimeException failure) {
        boolean standby = in(failure)
                .map(ServerErrors::state)
                .filter(state -> state.equals(READ_ONLY) || state.equals(NOT_ON_A_STANDBY))
                .isPresent();
        return standby ? unwritable(failure) : whileWorking(failure);
    }

    /** Codes of broken connections, of a server that stops or starts, and of one that has no room. */
    private static boolean gone(String state) {
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("53");
    }

    DatabaseUnavailableException busy(Throwable cause) {
        return new DatabaseUnavailableException(
                "store.busy", "too many changes met in the database " + config.place() + "; try again later", cause);
    }

    private DatabaseUnavailableException unwritable(Throwable cause) {
        return new DatabaseUnavailableException(
                "store.read-only",
                "PostgreSQL takes no changes to " + config.place()
                        + ", as a standby does; let database.host name the primary",
                cause);
    }

    /** A pool that has waited in vain says so itself and keeps the server's words as the cause. */
    private DatabaseUnavailableException unavailable(SQLException e) {
        Throwable server = e.getCause();
        if (!(e instanceof SQLTransientConnectionException)) {
            return unreachable(e, e);
        }
        return server == null
                ? new DatabaseUnavailableException(
                        "store.busy",
                        "all " + config.poolSize() + " connections to " + config.place()
                                + " were busy; try again later or raise database.pool",
                        e)
                : unreachable(server, e);
    }

    private DatabaseUnavailableException unreachable(Throwable why, SQLException e) {
        return new DatabaseUnavailableException(
                UNREACHABLE, "PostgreSQL does not serve " + config.place() + ": " + why.getMessage(), e);
    }

    /** Whether somebody waited for a connection that the server did not give. */
    boolean serverIsAway(RuntimeException failure) {
        return failure instanceof DatabaseUnavailableException unavailable
                && unavailable.code().equals(UNREACHABLE)
                && unavailable.getCause() instanceof SQLTransientConnectionException;
    }

    DatabaseUnavailableException stillAway() {
        return new DatabaseUnavailableException(
                UNREACHABLE, "PostgreSQL does not serve " + config.place() + "; it is tried again all the time", null);
    }

    /** What to tell whoever starts the program. */
    FairleadException atStart(SQLException e) {
        String user = "\"" + config.username() + "\"";
        return switch (state(e)) {
            case WRONG_PASSWORD ->
                new FairleadException(
                        "store.wrong-password",
                        "PostgreSQL at " + config.place() + " refuses the password of " + user
                                + "; write the right one to the file that database.password_file names",
                        e);
            case NOT_LET_IN ->
                new FairleadException(
                        "store.not-let-in",
                        "PostgreSQL does not let " + user + " into " + config.place() + " from here: " + e.getMessage()
                                + "; create the role, and allow it in pg_hba.conf",
                        e);
            case NO_SUCH_DATABASE ->
                new FairleadException(
                        "store.no-database",
                        "PostgreSQL has no database " + config.place() + "; create it: createdb --owner "
                                + config.username() + " --encoding UTF8 --template template0 " + config.database(),
                        e);
            case NO_PRIVILEGE ->
                new FairleadException(
                        "store.no-rights",
                        user + " may not make tables in " + config.place() + "; make it the owner: alter database \""
                                + config.database() + "\" owner to " + user,
                        e);
            default ->
                new FairleadException(
                        UNREACHABLE,
                        "PostgreSQL does not serve " + config.place() + ": " + e.getMessage()
                                + "; see that it runs, and that database.host, port, sslmode and password_file are right",
                        e);
        };
    }

    static boolean noPrivilege(SQLException e) {
        return NO_PRIVILEGE.equals(e.getSQLState());
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }
}
