package io.fairlead.base.lifecycle;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.version.Version;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a process's App from start to SIGTERM or SIGINT, with one line in the log at each end. */
public final class Running {
    private static final Logger log = LoggerFactory.getLogger(Running.class);
    private static final int FAILED = 1;

    private Running() {}

    /**
     * Starts {@code app}, waits for a signal and closes it, also when it cannot start.
     *
     * @return 1 when the app cannot start; after a signal 0, though the process then ends with the signal's own code
     */
    public static int untilStopped(String name, Stage app) throws InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        long begunNanos = System.nanoTime();
        Thread onSignal = Thread.ofPlatform().name("signal").unstarted(() -> {
            stop.countDown();
            try {
                // The JVM goes on to end as soon as this hook returns.
                stopped.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            app.start();
        } catch (InterruptedException e) {
            close(name, app);
            throw e;
        } catch (Exception e) {
            explain(name, e);
            close(name, app);
            return FAILED;
        }
        Runtime.getRuntime().addShutdownHook(onSignal);
        log.info("{} {} started in {} ms", name, Version.current(), millisSince(begunNanos));
        stop.await();
        long stopNanos = System.nanoTime();
        log.info("{} is stopping", name);
        close(name, app);
        log.info("{} stopped in {} ms", name, millisSince(stopNanos));
        stopped.countDown();
        return 0;
    }

    private static void close(String name, Stage app) {
        try {
            app.close();
        } catch (Exception e) {
            log.error("{} did not stop cleanly", name, e);
        }
    }

    private static void explain(String name, Exception e) {
        if (e instanceof FairleadException expected) {
            log.error("{} cannot start: {} [{}]", name, expected.getMessage(), expected.code());
        } else {
            log.error("{} cannot start", name, e);
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
