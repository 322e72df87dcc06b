package io.fairlead.forge.http;

import io.fairlead.base.log.SummedLog;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many requests are worked on at once. Kas takes part in the common slots and has some of its own when they are gone:
 * without kas's calls no agent and nobody's kubectl is let in. Safe for concurrent use.
 */
final class RequestSlots {
    private static final Logger log = LoggerFactory.getLogger(RequestSlots.class);

    private final int common;
    private final Semaphore all;
    private final Semaphore ofKas;
    private final Semaphore waiting;
    private final Duration waitMax;
    private final SummedLog refusals = new SummedLog(log);

    RequestSlots(HttpListenerConfig config) {
        common = config.requestsMax();
        all = new Semaphore(config.requestsMax(), true);
        ofKas = new Semaphore(config.kasRequestsMax(), true);
        waiting = new Semaphore(config.waitingMax());
        waitMax = config.waitMax();
    }

    /** A slot that was taken. */
    interface Slot extends AutoCloseable {
        @Override
        void close();
    }

    /** A slot, after a wait if need be; none when too many wait already or the wait took too long. */
    Optional<Slot> take(boolean kas) throws InterruptedException {
        if (all.tryAcquire()) {
            return Optional.of(all::release);
        }
        Semaphore pool = kas ? ofKas : all;
        if (!waiting.tryAcquire()) {
            return refuse();
        }
        try {
            return pool.tryAcquire(waitMax.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(pool::release) : refuse();
        } finally {
            waiting.release();
        }
    }

    private Optional<Slot> refuse() {
        refusals.warn("all " + common + " requests at once are taken: one was refused");
        return Optional.empty();
    }
}
