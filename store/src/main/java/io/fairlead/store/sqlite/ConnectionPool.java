package io.fairlead.store.sqlite;

import io.fairlead.base.error.FairleadException;
import io.fairlead.forge.database.DatabaseUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionFactory;

/** At most {@code size} connections, opened when first needed and kept. Fair: who came first goes first. */
final class ConnectionPool implements ConnectionFactory, AutoCloseable {
    /** Opens one connection. */
    interface Opener {
        Connection open() throws SQLException;
    }

    private final int size;
    private final Duration waitMax;
    private final Opener opener;
    private final Semaphore permits;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    ConnectionPool(int size, Duration waitMax, Opener opener) {
        this.size = size;
        this.waitMax = waitMax;
        this.opener = opener;
        this.permits = new Semaphore(size, true);
    }

    @Override
    public Connection openConnection() throws SQLException {
        try {
            if (!permits.tryAcquire(waitMax.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new DatabaseUnavailableException(
                        "store.busy", "the database was busy for " + waitMax.toSeconds() + " s; try again later", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FairleadException("store.interrupted", "the wait for the database was interrupted", e);
        }
        try {
            return takeOrOpen();
        } catch (SQLException | RuntimeException e) {
            permits.release();
            throw e;
        }
    }

    private Connection takeOrOpen() throws SQLException {
        synchronized (idle) {
            if (closed) {
                throw new FairleadException("store.closed", "the database is closed");
            }
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return opener.open();
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        boolean keep;
        synchronized (idle) {
            keep = !closed && !connection.isClosed();
            if (keep) {
                idle.push(connection);
            }
        }
        if (!keep) {
            connection.close();
        }
        permits.release();
    }

    /** Waits for work in progress, at most the time a caller would wait for a connection. */
    @Override
    public void close() {
        synchronized (idle) {
            closed = true;
        }
        boolean all = false;
        try {
            all = permits.tryAcquire(size, waitMax.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (idle) {
            for (Connection connection : idle) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    throw new FairleadException("store.close-failed", "the database did not close: " + e, e);
                }
            }
            idle.clear();
        }
        if (all) {
            permits.release(size);
        }
    }
}
