package io.fairlead.link.tunnel.agent;

import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Streams that failed and wait to be opened again, all of them together: whatever fails while a round waits belongs to that
 * round, so that one lost connection is one failure, however many streams it held. A round that fails again makes the next
 * one wait longer.
 *
 * <p>States: <b>none</b> → a stream fails → <b>waiting</b> → the wait is over → none. Guarded by its own monitor; the task
 * that opens streams runs without it.
 */
final class FailedStreams {
    private final Backoff backoff;
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final IntConsumer reopen;
    private int waiting;
    private int failures;
    private long endedNanos;
    private Scheduler.@Nullable Scheduled timer;

    /** @param reopen is given the number of streams of a round whose wait is over, on the scheduler's thread */
    FailedStreams(Backoff backoff, Scheduler scheduler, RandomGenerator random, IntConsumer reopen) {
        this.backoff = backoff;
        this.scheduler = scheduler;
        this.random = random;
        this.reopen = reopen;
        endedNanos = scheduler.nanoTime();
    }

    /** Takes one more; answers how long it will wait when a new round begins with it. */
    synchronized Optional<Duration> add() {
        waiting++;
        if (timer != null) {
            return Optional.empty();
        }
        boolean calm = scheduler.nanoTime() - endedNanos > backoff.resetAfter().toNanos();
        failures = calm ? 1 : failures + 1;
        Duration wait = backoff.afterFailures(failures, random);
        timer = scheduler.schedule(wait, this::end);
        return Optional.of(wait);
    }

    private void end() {
        int count;
        synchronized (this) {
            count = waiting;
            waiting = 0;
            timer = null;
            endedNanos = scheduler.nanoTime();
        }
        reopen.accept(count);
    }

    /** A stream was of use: what failed before counts no more. */
    synchronized void forget() {
        failures = 0;
    }

    synchronized int waiting() {
        return waiting;
    }

    /** Opens none of them. */
    synchronized void cancel() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        waiting = 0;
    }
}
