package io.fairlead.base.time;

import java.time.Duration;

/** Runs things later. The real one is {@link SystemScheduler}; tests pass one whose time they move by hand. */
public interface Scheduler {
    /** A planned run. */
    interface Scheduled {
        /** Takes the plan back; nothing happens when it has run already. */
        void cancel();
    }

    /** Nanoseconds since some fixed moment; only differences have meaning. */
    long nanoTime();

    /** Plans {@code task} once, {@code delay} from now. The task must be short: long work starts a thread of its own. */
    Scheduled schedule(Duration delay, Runnable task);
}
