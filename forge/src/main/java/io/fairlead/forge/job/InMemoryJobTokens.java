package io.fairlead.forge.job;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.token.TokenSecrets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Job tokens of this process alone. */
public final class InMemoryJobTokens implements JobTokens {
    private record Entry(JobIdentity job, Instant expiresAt) {}

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final InstantSource clock;

    public InMemoryJobTokens(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void put(String secret, JobIdentity job, Instant expiresAt) {
        entries.values().removeIf(entry -> !clock.instant().isBefore(entry.expiresAt));
        entries.put(TokenSecrets.digest(secret), new Entry(job, expiresAt));
    }

    @Override
    public Optional<JobIdentity> jobOf(String secret) {
        return Optional.ofNullable(entries.get(TokenSecrets.digest(secret)))
                .filter(entry -> clock.instant().isBefore(entry.expiresAt))
                .map(Entry::job);
    }

    @Override
    public void end(long jobId) {
        entries.values().removeIf(entry -> entry.job.jobId() == jobId);
    }
}
