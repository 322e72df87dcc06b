package io.fairlead.base.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts stages in the order they were added and closes those that started, in reverse.
 *
 * <p>States: new, then started (all stages run) or failed (those that ran were closed again), then closed. A second
 * {@link #start} is a programming error; a second {@link #close} does nothing.
 */
public final class Stages implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stages.class);

    private record Named(String name, Stage stage) {}

    private final List<Named> planned = new ArrayList<>();
    private final Deque<Named> running = new ArrayDeque<>();
    private boolean used;

    /** Plans a stage. {@code name} appears in the log when the stage cannot start or stop. */
    public synchronized Stages add(String name, Stage stage) {
        if (used) {
            throw new IllegalStateException("stage " + name + " was added after start");
        }
        planned.add(new Named(name, stage));
        return this;
    }

    /** Starts all stages; when one fails the ones before it are closed and its exception is thrown on. */
    public synchronized void start() throws Exception {
        if (used) {
            throw new IllegalStateException("stages were already started");
        }
        used = true;
        for (Named named : planned) {
            // Recorded before it starts: a stage that failed half-way may hold a socket or a thread.
            running.push(named);
            try {
                named.stage.start();
            } catch (Exception e) {
                close();
                throw e;
            }
        }
    }

    /**
     * Starts one more stage at once, for a wiring where a stage is made from what an earlier one found out, such as the
     * port it listens on. When it fails, it and those before it are closed and its exception is thrown on.
     */
    public synchronized <T extends Stage> T startNow(String name, T stage) throws Exception {
        used = true;
        running.push(new Named(name, stage));
        try {
            stage.start();
            return stage;
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            Named named = running.pop();
            try {
                named.stage.close();
            } catch (Exception e) {
                log.error("stage {} did not stop cleanly", named.name, e);
            }
        }
    }
}
