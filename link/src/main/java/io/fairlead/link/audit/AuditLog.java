package io.fairlead.link.audit;

/** Takes records. Callers are event loops: a call never waits and never fails. */
public interface AuditLog {
    void record(AuditRecord record);

    /** Now, in milliseconds since 1970. */
    long millis();

    /** For durations: nanoseconds since some fixed moment. */
    long nanoTime();
}
