package io.fairlead.forge.http;

import io.fairlead.base.log.SummedLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many requests are worked on at once. Each client has a share of the places and of the waiting, so that a newcomer finds
 * room whatever a few others do. Kas takes part in the common places and has some of its own when they are gone, with a waiting
 * of its own: without kas's calls no agent and nobody's kubectl is let in. Safe for concurrent use.
 */
final class RequestSlots {
    private static final Logger log = LoggerFactory.getLogger(RequestSlots.class);

    /** Of the places any client may have, as long as there are any. */
    private static final int EACH_MIN = 4;

    /** As many clients at the least must come together before anybody who waits is in another's way. */
    private static final int WAITING_SHARE = 32;

    private final HttpListenerConfig config;
    private final FairShares places;
    private final Semaphore ofKas;
    private final Semaphore kasWaiting;
    private final int waitingEachMax;
    /** In the order in which they came; each waits because its client may have no more. */
    private final List<Waiter> waiting = new ArrayList<>();
    /** Of each client that waits, how often. */
    private final Map<String, Integer> waitingOf = new HashMap<>();

    private final SummedLog refusals = new SummedLog(log);

    private record Waiter(String client, CountDownLatch given) {}

    RequestSlots(HttpListenerConfig config) {
        this.config = config;
        places = new FairShares(config.requestsMax(), EACH_MIN, config.requestsPerClientMax());
        ofKas = new Semaphore(config.kasRequestsMax(), true);
        kasWaiting = new Semaphore(config.waitingMax());
        waitingEachMax = Math.max(1, config.waitingMax() / WAITING_SHARE);
    }

    /** A slot that was taken. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** A slot for a call of kas, after a wait if need be; none when too many of its own wait or the wait took too long. */
    Optional<Slot> takeForKas() throws InterruptedException {
        if (places.takeUnbounded(1)) {
            return Optional.of(() -> {
                places.giveBackUnbounded(1);
                handOn();
            });
        }
        if (!kasWaiting.tryAcquire()) {
            return refused();
        }
        try {
            return ofKas.tryAcquire(config.waitMax().toNanos(), TimeUnit.NANOSECONDS)
                    ? Optional.of(ofKas::release)
                    : refused();
        } finally {
            kasWaiting.release();
        }
    }

    /** The same for anybody else, within the share of {@code client}. */
    Optional<Slot> take(String client) throws InterruptedException {
        Waiter waiter = new Waiter(client, new CountDownLatch(1));
        synchronized (waiting) {
            if (places.take(client, 1)) {
                return Optional.of(slot(client));
            }
            int others = waitingOf.getOrDefault(client, 0);
            if (waiting.size() >= config.waitingMax() || others >= waitingEachMax) {
                return refused();
            }
            waiting.add(waiter);
            waitingOf.put(client, others + 1);
        }
        try {
            if (waiter.given.await(config.waitMax().toNanos(), TimeUnit.NANOSECONDS)) {
                return Optional.of(slot(client));
            }
        } catch (InterruptedException e) {
            if (!leave(waiter)) {
                giveBack(client);
            }
            throw e;
        }
        return leave(waiter) ? refused() : Optional.of(slot(client));
    }

    private Slot slot(String client) {
        return () -> giveBack(client);
    }

    private void giveBack(String client) {
        places.giveBack(client, 1);
        handOn();
    }

    /** To whoever waits longest of those whose share allows it. */
    private void handOn() {
        synchronized (waiting) {
            for (Iterator<Waiter> all = waiting.iterator(); all.hasNext(); ) {
                Waiter waiter = all.next();
                if (places.take(waiter.client, 1)) {
                    all.remove();
                    forget(waiter);
                    waiter.given.countDown();
                }
            }
        }
    }

    /** Whether it still waited: else it was given a place. */
    private boolean leave(Waiter waiter) {
        synchronized (waiting) {
            boolean waited = waiting.remove(waiter);
            if (waited) {
                forget(waiter);
            }
            return waited;
        }
    }

    private void forget(Waiter waiter) {
        waitingOf.computeIfPresent(waiter.client, (_, count) -> count == 1 ? null : count - 1);
    }

    private Optional<Slot> refused() {
        refusals.warn("a request was refused: " + config.requestsMax() + " at once, or " + config.requestsPerClientMax()
                + " of one client, are worked on");
        return Optional.empty();
    }
}
