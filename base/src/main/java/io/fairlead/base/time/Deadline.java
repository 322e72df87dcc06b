package io.fairlead.base.time;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A moment to come, by the clock that never jumps. For blocking waits; what is planned takes a {@link Scheduler}. */
public final class Deadline {
    private static final Duration LOOK_PERIOD = Duration.ofMillis(10);

    private final long nanos;

    private Deadline(long nanos) {
        this.nanos = nanos;
    }

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    public boolean passed() {
        return System.nanoTime() - nanos >= 0;
    }

    /** What is left, zero when it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    /** Looks every 10 ms until {@code done}, or until this has passed; whether it was done. For ends that are rare. */
    public boolean await(BooleanSupplier done) throws InterruptedException {
        while (!done.getAsBoolean()) {
            if (passed()) {
                return false;
            }
            pause(LOOK_PERIOD);
        }
        return true;
    }

    /** Waits on the caller's thread, a virtual one. */
    public static void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }
}
