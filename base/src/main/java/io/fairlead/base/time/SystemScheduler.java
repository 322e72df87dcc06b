package io.fairlead.base.time;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler of a running process: one daemon thread that hands over due tasks. What a task throws is logged. */
public final class SystemScheduler implements Scheduler, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SystemScheduler.class);

    private final ScheduledThreadPoolExecutor executor;

    public SystemScheduler(String threadName) {
        executor = new ScheduledThreadPoolExecutor(
                1, task -> Thread.ofPlatform().name(threadName).daemon().unstarted(task));
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        Future<?> planned = executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> planned.cancel(false);
    }

    /** The executor would keep what a task throws in a future that nobody asks. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            log.error("a planned task failed; this is an error in the program", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
