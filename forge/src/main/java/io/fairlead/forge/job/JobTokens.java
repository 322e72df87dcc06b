package io.fairlead.forge.job;

import io.fairlead.forge.access.JobIdentity;
import java.time.Instant;
import java.util.Optional;

/**
 * Which running job a job token speaks for. Pipelines of a later version fill it; until then {@link JobTokenRoutes} does, by
 * hand.
 */
public interface JobTokens {
    /** Makes the secret known; it speaks for the job until {@code expiresAt}. */
    void put(String secret, JobIdentity job, Instant expiresAt);

    /** The job, unless the secret is unknown or its time is over. */
    Optional<JobIdentity> jobOf(String secret);

    /** Ends all secrets of a job, as its end does. */
    void end(long jobId);
}
