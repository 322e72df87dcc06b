package io.fairlead.base.log;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Warns of one kind of event at most once in {@link #EVERY}, and then says how many there were: for what strangers can cause
 * as often as they like. Safe for concurrent use.
 */
public final class SummedLog {
    static final Duration EVERY = Duration.ofSeconds(60);

    private final Logger log;
    private final LongSupplier nanoTime;
    private long silent;
    private long saidAtNanos;
    private boolean said;

    public SummedLog(Logger log) {
        this(log, System::nanoTime);
    }

    SummedLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** @param message of the latest event; a line is written at once if none was for a while */
    public void warn(String message) {
        long before;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            if (said && now - saidAtNanos < EVERY.toNanos()) {
                silent++;
                return;
            }
            said = true;
            saidAtNanos = now;
            before = silent;
            silent = 0;
        }
        if (before == 0) {
            log.warn("{}", message);
        } else {
            log.warn("{} ({} more of this kind since the last such line)", message, before);
        }
    }
}
