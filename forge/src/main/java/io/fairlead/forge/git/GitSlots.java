package io.fairlead.forge.git;

import io.fairlead.base.thread.ComputingThread;
import io.fairlead.forge.api.ApiError;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;

/** How many Git operations run at once: each holds memory and a processor. More wait a while, then are sent away. */
public final class GitSlots {
    private static final String TOO_MANY = "too many Git operations at once, try again";

    private final Semaphore slots;
    private final Duration waitMax;

    public GitSlots(int max, Duration waitMax) {
        this.slots = new Semaphore(max, true);
        this.waitMax = waitMax;
    }

    /** A slot that was taken. */
    public interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws ApiError 503 when none came free in time */
    public Slot take() {
        return await().orElseThrow(() -> Thread.currentThread().isInterrupted()
                ? ApiError.error(503, "the server is stopping", Map.of())
                : ApiError.error(503, TOO_MANY, Map.of("Retry-After", "5")));
    }

    /**
     * Does {@code work} with a slot, on a thread that may compute for long.
     *
     * @throws ApiError 503 when no slot came free in time
     */
    public <T> T with(ComputingThread.Work<T> work) throws IOException {
        try (Slot _ = take()) {
            return ComputingThread.run("git", work);
        }
    }

    /** As {@link #take}, where there is no HTTP to answer with. */
    Slot takeOrRefuse() throws ServiceMayNotContinueException {
        return await().orElseThrow(() -> new ServiceMayNotContinueException(TOO_MANY));
    }

    private Optional<Slot> await() {
        try {
            return slots.tryAcquire(waitMax.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(slots::release)
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
