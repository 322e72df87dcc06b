package io.fairlead.link.audit.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.audit.AuditLine;
import io.fairlead.link.audit.AuditLog;
import io.fairlead.link.audit.AuditRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records from event loops, without a lock, and hands them on in batches four times a second. While they cannot be handed
 * on they wait; those beyond {@link #WAITING_MAX} are lost, and that is itself recorded. Requests of nobody may take a quarter of
 * that, so that a flood of wrong tokens costs no record of what people did.
 */
public final class AuditShipper implements AuditLog, Stage {
    private static final Logger log = LoggerFactory.getLogger(AuditShipper.class);

    static final int WAITING_MAX = 20_000;

    /**
     * What is shown to be nobody's is free for anybody to make, and pushes older records off the disk: with one handing on each
     * {@link #PERIOD}, some 40 of them a second are kept and the others counted.
     */
    static final int WAITING_OF_NOBODY_MAX = 10;

    /** Of what the forge takes in one call. */
    static final int BATCH_BYTES = 1 << 20;

    private static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration REFUSED_PAUSE = Duration.ofSeconds(30);
    private static final Duration LAST_CALL_MAX = Duration.ofSeconds(3);
    private static final Backoff AGAIN =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(15), 2, 0.3, Duration.ofMinutes(1));

    /** Read once and never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Batch(byte[] lines, int records) {}

    private final AuditSink sink;
    private final InstantSource clock;
    private final Scheduler time;
    private final RandomGenerator random;
    private final Queue<AuditRecord> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger ofNobody = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private long droppedTold;
    /** Of the batch that is being handed on. */
    private volatile int inHand;
    /** Which kas this is since its start; records are numbered, so that one that comes twice is kept once. */
    private final String instance;

    private long numbered;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread worker;

    public AuditShipper(AuditSink sink, InstantSource clock, Scheduler time, RandomGenerator random) {
        this.time = time;
        this.sink = sink;
        this.clock = clock;
        this.random = random;
        instance = HexFormat.of().toHexDigits(random.nextLong());
    }

    @Override
    public void record(AuditRecord record) {
        boolean nobody = record.granted() == null;
        if (nobody && ofNobody.get() >= WAITING_OF_NOBODY_MAX || count.get() >= WAITING_MAX) {
            dropped.increment();
            return;
        }
        count.incrementAndGet();
        if (nobody) {
            ofNobody.incrementAndGet();
        }
        waiting.add(record);
    }

    @Override
    public long millis() {
        return clock.millis();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    /** How many records were lost since the start. */
    public long dropped() {
        return dropped.sum();
    }

    @Override
    public void start() {
        worker = VirtualThreads.start("audit", this::work);
    }

    /** Hands on what waits, if that takes no longer than 3 seconds; the rest is counted as lost. */
    @Override
    public void close() throws InterruptedException, IOException {
        closing.countDown();
        Thread thread = worker;
        if (thread != null && !thread.join(LAST_CALL_MAX)) {
            thread.interrupt();
            thread.join();
        }
        long lost = (long) inHand + count.get();
        if (lost > 0) {
            dropped.add(lost);
            log.warn("{} records of requests could not be handed on before the stop and are lost", lost);
        }
        sink.close();
    }

    private void work() {
        try {
            while (!ends(PERIOD)) {
                handOnOrSay();
            }
            handOnOrSay();
        } catch (InterruptedException e) {
            // The only interruption is that of close, whose patience is at its end.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits; whether this is being closed. */
    private boolean ends(Duration wait) throws InterruptedException {
        return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whatever goes wrong with some records, others come after them. */
    private void handOnOrSay() throws InterruptedException {
        try {
            handOn();
        } catch (RuntimeException e) {
            log.error("records of requests could not be handed on", e);
        }
    }

    private void handOn() throws InterruptedException {
        for (Batch batch = batch(); batch.lines.length > 0; batch = batch()) {
            int failures = 0;
            inHand = batch.records;
            AuditSink.Outcome outcome = sink.keep(batch.lines);
            while (outcome == AuditSink.Outcome.NOT_NOW) {
                if (ends(AGAIN.afterFailures(++failures, random))) {
                    return;
                }
                outcome = sink.keep(batch.lines);
            }
            inHand = 0;
            if (outcome == AuditSink.Outcome.NEVER) {
                dropped.add(batch.records);
                // Whoever refuses records would refuse to hear of that too, and is not to be asked all the time.
                droppedTold = dropped.sum();
                if (ends(REFUSED_PAUSE)) {
                    return;
                }
            }
        }
    }

    private Batch batch() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        long lost = dropped.sum();
        if (lost > droppedTold) {
            lines.writeBytes(bytes(AuditLine.dropped(clock.millis(), lost - droppedTold, id())));
            droppedTold = lost;
        }
        int records = 0;
        for (AuditRecord next = next(); next != null; next = lines.size() < BATCH_BYTES ? next() : null) {
            lines.writeBytes(bytes(AuditLine.of(next, id())));
            records++;
        }
        return new Batch(lines.toByteArray(), records);
    }

    private String id() {
        return instance + "-" + ++numbered;
    }

    private @Nullable AuditRecord next() {
        AuditRecord next = waiting.poll();
        if (next != null) {
            count.decrementAndGet();
            if (next.granted() == null) {
                ofNobody.decrementAndGet();
            }
        }
        return next;
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.US_ASCII);
    }
}
