package io.fairlead.forge.http;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.time.Deadline;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many requests are worked on at once. Each client has a share, so that others are served whatever it does. Kas takes part
 * in the common slots and has some of its own when they are gone: without kas's calls no agent and nobody's kubectl is let in.
 * Safe for concurrent use.
 */
final class RequestSlots {
    private static final Logger log = LoggerFactory.getLogger(RequestSlots.class);

    /** As many clients at the least must come together before anybody who waits is in another's way. */
    private static final int WAITING_SHARE = 4;

    private final HttpListenerConfig config;
    private final Semaphore all;
    private final Semaphore ofKas;
    private final Semaphore waiting;
    /** Of each client that has a request here now. */
    private final Map<String, Share> shares = new ConcurrentHashMap<>();

    private final SummedLog refusals = new SummedLog(log);

    private static final class Share {
        final Semaphore slots;
        final Semaphore waiting;
        /** Those that wait, too. */
        int requests;

        Share(HttpListenerConfig config) {
            slots = new Semaphore(config.requestsPerClientMax(), true);
            waiting = new Semaphore(config.waitingMax() / WAITING_SHARE);
        }
    }

    RequestSlots(HttpListenerConfig config) {
        this.config = config;
        all = new Semaphore(config.requestsMax(), true);
        ofKas = new Semaphore(config.kasRequestsMax(), true);
        waiting = new Semaphore(config.waitingMax());
    }

    /** A slot that was taken. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** A slot for a call of kas, after a wait if need be; none when too many wait already or the wait took too long. */
    Optional<Slot> takeForKas() throws InterruptedException {
        if (all.tryAcquire()) {
            return Optional.of(all::release);
        }
        return waited(waiting, ofKas, Deadline.in(config.waitMax())) ? Optional.of(ofKas::release) : refused();
    }

    /** The same for anybody else, within the share of {@code client}. */
    Optional<Slot> take(String client) throws InterruptedException {
        Share share = shares.compute(client, (_, known) -> more(known));
        boolean has = false;
        boolean taken = false;
        try {
            Deadline deadline = Deadline.in(config.waitMax());
            has = share.slots.tryAcquire() || waited(share.waiting, share.slots, deadline);
            taken = has && (all.tryAcquire() || waited(waiting, all, deadline));
        } finally {
            if (!taken) {
                leave(client, share, has);
            }
        }
        return taken
                ? Optional.of(() -> {
                    all.release();
                    leave(client, share, true);
                })
                : refused();
    }

    private Share more(@Nullable Share known) {
        Share share = known == null ? new Share(config) : known;
        share.requests++;
        return share;
    }

    private void leave(String client, Share share, boolean hadSlot) {
        if (hadSlot) {
            share.slots.release();
        }
        shares.compute(client, (_, _) -> --share.requests == 0 ? null : share);
    }

    private static boolean waited(Semaphore waiting, Semaphore slots, Deadline deadline) throws InterruptedException {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return slots.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            waiting.release();
        }
    }

    private Optional<Slot> refused() {
        refusals.warn("a request was refused: " + config.requestsMax() + " at once, or " + config.requestsPerClientMax()
                + " of one client, are worked on");
        return Optional.empty();
    }
}
