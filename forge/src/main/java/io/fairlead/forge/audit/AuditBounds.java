package io.fairlead.forge.audit;

import java.time.Duration;

/**
 * How much is kept.
 *
 * @param bytesMax of all files together; the oldest goes beyond
 * @param ageMax of any record
 * @param fileBytes when a new file is begun
 */
public record AuditBounds(long bytesMax, Duration ageMax, long fileBytes) {
    /** Some million records. */
    public static final AuditBounds DEFAULT = new AuditBounds(512L << 20, Duration.ofDays(90), 16L << 20);
}
