package io.fairlead.forge.git;

import io.fairlead.forge.api.ApiError;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many Git operations run at once: each holds memory and a processor. More wait a while, then are sent away. */
public final class GitSlots {
    private final Semaphore slots;
    private final Duration waitMax;

    public GitSlots(int max, Duration waitMax) {
        this.slots = new Semaphore(max, true);
        this.waitMax = waitMax;
    }

    /** A slot that was taken. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    Slot take() {
        try {
            if (!slots.tryAcquire(waitMax.toMillis(), TimeUnit.MILLISECONDS)) {
                throw ApiError.error(503, "too many Git operations at once, try again", Map.of("Retry-After", "5"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.error(503, "the server is stopping", Map.of());
        }
        return slots::release;
    }
}
