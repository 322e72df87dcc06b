package io.fairlead.forge.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.NanoTime;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Ends the connection of a client that takes its answer more slowly than {@value #BYTES_PER_SECOND_MIN} bytes a second on the
 * whole, once a time of grace is over: until then it keeps memory and a place that others wait for. Safe for concurrent use.
 */
final class ReaderPace implements AutoCloseable {
    /** A tenth of what a bad telephone line carries. */
    private static final long BYTES_PER_SECOND_MIN = 16 * 1024;

    private final EndPoint connection;
    private final Scheduler scheduler;
    private final Duration grace;
    private final long began = NanoTime.now();
    private long taken;
    private boolean over;
    private Scheduler.@Nullable Task next;

    ReaderPace(EndPoint connection, Scheduler scheduler, Duration grace) {
        this.connection = connection;
        this.scheduler = scheduler;
        this.grace = grace;
    }

    /** Begins to watch, until {@link #close}. */
    synchronized void watch() {
        next = scheduler.schedule(this::check, dueMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized void took(long bytes) {
        taken += bytes;
    }

    /** In how many milliseconds the client is too slow if it takes nothing more. */
    private long dueMillis() {
        long due = grace.toMillis() + taken * 1000 / BYTES_PER_SECOND_MIN;
        return due - NanoTime.millisSince(began) + 1;
    }

    private void check() {
        TimeoutException tooSlow;
        synchronized (this) {
            if (over) {
                return;
            }
            if (dueMillis() > 0) {
                watch();
                return;
            }
            tooSlow = new TimeoutException(
                    "the client took " + taken + " bytes of its answer in " + NanoTime.secondsSince(began) + " s");
        }
        connection.close(tooSlow);
    }

    @Override
    public synchronized void close() {
        over = true;
        if (next != null) {
            next.cancel();
        }
    }
}
