package io.fairlead.forge.git;

import io.fairlead.base.thread.ComputingThread;
import io.fairlead.base.time.Deadline;
import io.fairlead.forge.api.ApiError;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.transport.ServiceMayNotContinueException;

/**
 * How many Git operations run at once: each holds memory and a processor. One client has half of them at the most. More wait a
 * while, then are sent away.
 */
public final class GitSlots {
    private static final String TOO_MANY = "too many Git operations at once, try again";

    private final Semaphore slots;
    private final int perClient;
    private final Duration waitMax;
    /** Of each client that has or awaits a slot. */
    private final Map<String, Share> shares = new HashMap<>();

    private static final class Share {
        final Semaphore slots;
        int users;

        Share(int slots) {
            this.slots = new Semaphore(slots, true);
        }
    }

    public GitSlots(int max, Duration waitMax) {
        this.slots = new Semaphore(max, true);
        this.perClient = Math.max(1, max / 2);
        this.waitMax = waitMax;
    }

    /** A slot that was taken. */
    public interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * A slot for {@code client}, whom it names in any form.
     *
     * @throws ApiError 503 when none came free in time
     */
    public Slot take(String client) {
        return await(client)
                .orElseThrow(() -> Thread.currentThread().isInterrupted()
                        ? ApiError.error(503, "the server is stopping", Map.of())
                        : ApiError.error(503, TOO_MANY, Map.of("Retry-After", "5")));
    }

    /**
     * Does {@code work} with a slot, on a thread that may compute for long.
     *
     * @throws ApiError 503 when no slot came free in time
     */
    public <T> T with(String client, ComputingThread.Work<T> work) throws IOException {
        try (Slot _ = take(client)) {
            return ComputingThread.run("git", work);
        }
    }

    /** As {@link #take}, where there is no HTTP to answer with. */
    Slot takeOrRefuse(String client) throws ServiceMayNotContinueException {
        return await(client).orElseThrow(() -> new ServiceMayNotContinueException(TOO_MANY));
    }

    private Optional<Slot> await(String client) {
        Share share = enter(client);
        Deadline deadline = Deadline.in(waitMax);
        boolean has = false;
        boolean taken = false;
        try {
            has = await(share.slots, deadline);
            taken = has && await(slots, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!taken) {
                leave(client, share, has);
            }
        }
        return taken
                ? Optional.of(() -> {
                    slots.release();
                    leave(client, share, true);
                })
                : Optional.empty();
    }

    private static boolean await(Semaphore slots, Deadline deadline) throws InterruptedException {
        return slots.tryAcquire(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
    }

    private Share enter(String client) {
        synchronized (shares) {
            Share share = shares.computeIfAbsent(client, _ -> new Share(perClient));
            share.users++;
            return share;
        }
    }

    private void leave(String client, Share share, boolean hadSlot) {
        if (hadSlot) {
            share.slots.release();
        }
        synchronized (shares) {
            if (--share.users == 0) {
                shares.remove(client);
            }
        }
    }
}
