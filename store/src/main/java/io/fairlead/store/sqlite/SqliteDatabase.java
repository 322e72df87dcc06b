package io.fairlead.store.sqlite;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.forge.database.Database;
import io.fairlead.store.migration.Dialect;
import io.fairlead.store.migration.Migrator;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * The embedded database: one file, one connection that writes, a few that read.
 *
 * <p>Write-ahead log with {@code synchronous=FULL}: what {@link #write} has returned survives a crash of the process and of
 * the machine. Readers see the last commit and neither wait for the writer nor hold it up. Writers wait for each other in
 * order of arrival, at most {@link #WAIT_MAX}.
 */
public final class SqliteDatabase implements Database, Stage {
    private static final Logger log = LoggerFactory.getLogger(SqliteDatabase.class);

    /** Waiting longer than this for a connection is answered with an error rather than with a longer wait. */
    static final Duration WAIT_MAX = Duration.ofSeconds(20);

    private static final int READERS = 4;
    private static final int CACHE_KIB = 1024;
    private static final int LOCK_WAIT_MILLIS = 10_000;

    private final Path file;
    private final Migrator migrator;
    private final ConnectionPool writers;
    private final ConnectionPool readers;
    private final Jdbi writing;
    private final Jdbi reading;

    public SqliteDatabase(Path file, Migrator migrator) {
        this.file = file;
        this.migrator = migrator;
        this.writers = new ConnectionPool(1, WAIT_MAX, () -> open(false));
        this.readers = new ConnectionPool(READERS, WAIT_MAX, () -> open(true));
        this.writing = keeping(writers);
        this.reading = keeping(readers);
    }

    private static Jdbi keeping(ConnectionPool connections) {
        Map<Connection, KeptStatements> statements = Collections.synchronizedMap(new WeakHashMap<>());
        return Jdbi.create(connections)
                .setStatementBuilderFactory(
                        connection -> statements.computeIfAbsent(connection, _ -> new KeptStatements()));
    }

    @Override
    public void start() throws IOException, SQLException {
        createPrivate(file);
        Connection writer = writers.openConnection();
        try {
            migrator.migrate(writer, Dialect.SQLITE);
        } finally {
            writers.closeConnection(writer);
        }
        log.info("the database is SQLite in {}", file);
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        return reading.withHandle(work::apply);
    }

    @Override
    public <T> T write(Function<Handle, T> work) {
        return writing.inTransaction(work::apply);
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }

    private Connection open(boolean readOnly) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(LOCK_WAIT_MILLIS);
        config.setCacheSize(-CACHE_KIB);
        if (!readOnly) {
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
            return config.createConnection("jdbc:sqlite:" + file);
        }
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            // Catches a write that was sent to the wrong side.
            statement.execute("pragma query_only = true");
        }
        return connection;
    }

    /** The log and shared-memory files beside it get the same permissions from SQLite. */
    private static void createPrivate(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isWritable(file)) {
                throw new FairleadException(
                        "store.not-writable",
                        "the database " + file + " cannot be written; change its owner or mode",
                        e);
            }
        }
    }
}
