package io.fairlead.base.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: exponential from {@code initial} to {@code max}, each wait spread by
 * {@code jitter} (a share of the wait, 0 to 1, added or taken away), starting anew after {@code resetAfter} without a
 * failure.
 */
public record Backoff(Duration initial, Duration max, double factor, double jitter, Duration resetAfter) {
    public Backoff {
        if (initial.isNegative()
                || initial.isZero()
                || max.compareTo(initial) < 0
                || factor < 1
                || jitter < 0
                || jitter > 1) {
            throw new IllegalArgumentException(
                    "backoff is out of range: " + initial + ".." + max + " x" + factor + " ~" + jitter);
        }
    }

    /** {@link #afterFailures(int, RandomGenerator)} by the thread's own chance, where no test replays the waits. */
    public Duration afterFailures(int failures) {
        return afterFailures(failures, ThreadLocalRandom.current());
    }

    /** The wait before try number {@code failures + 1}; {@code failures} counts from 1. */
    public Duration afterFailures(int failures, RandomGenerator random) {
        double millis = (double) initial.toMillis() * Math.pow(factor, Math.max(0, failures - 1));
        double bounded = Math.min(millis, (double) max.toMillis());
        double spread = bounded * jitter * (2 * random.nextDouble() - 1);
        return Duration.ofMillis(Math.max(1, Math.round(bounded + spread)));
    }
}
