package io.fairlead.link.audit.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.audit.AuditLog;
import io.fairlead.link.audit.AuditRecord;
import java.time.InstantSource;

/** Keeps nothing: for installations whose clusters keep audit logs of their own, and to measure what records cost. */
public final class NoAudit implements AuditLog {
    private final InstantSource clock;
    private final Scheduler time;

    public NoAudit(InstantSource clock, Scheduler time) {
        this.clock = clock;
        this.time = time;
    }

    @Override
    public void record(AuditRecord record) {
        // Not wanted.
    }

    @Override
    public long millis() {
        return clock.millis();
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }
}
