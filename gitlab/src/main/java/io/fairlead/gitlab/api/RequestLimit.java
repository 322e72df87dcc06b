package io.fairlead.gitlab.api;

import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import java.time.Duration;

/**
 * At most so many calls: a bucket of {@code size} that fills by {@code perSecond}. Callers wait their turn, in the order
 * of their arrival, on their own (virtual) thread.
 */
public final class RequestLimit {
    private final double perSecond;
    private final double size;
    private final Scheduler time;
    private double available;
    private long filledAtNanos;

    public RequestLimit(double perSecond, int size, Scheduler time) {
        if (perSecond <= 0 || size < 1) {
            throw new IllegalArgumentException(
                    "a limit of " + perSecond + "/s with " + size + " at once lets nothing through");
        }
        this.perSecond = perSecond;
        this.size = size;
        this.time = time;
        this.available = size;
        this.filledAtNanos = time.nanoTime();
    }

    /**
     * Takes a place and waits until it is due.
     *
     * @return false when the wait would be longer than {@code max}; then no place was taken
     */
    public boolean await(Duration max) throws InterruptedException {
        Duration wait = reserve(max);
        if (wait.isNegative()) {
            return false;
        }
        if (!wait.isZero()) {
            Deadline.pause(wait);
        }
        return true;
    }

    /** The time until the place is due; negative when that is longer than {@code max}. */
    synchronized Duration reserve(Duration max) {
        long now = time.nanoTime();
        available = Math.min(size, available + (now - filledAtNanos) * perSecond / 1e9);
        filledAtNanos = now;
        // Below zero the bucket owes places to callers that already wait.
        double owed = Math.max(0, 1 - available);
        Duration wait = Duration.ofNanos((long) (owed / perSecond * 1e9));
        if (wait.compareTo(max) > 0) {
            return Duration.ofNanos(-1);
        }
        available -= 1;
        return wait;
    }
}
