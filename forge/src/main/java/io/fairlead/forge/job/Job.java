package io.fairlead.forge.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs for a project with a token of its own.
 *
 * @param userId for whom it runs
 * @param ref the branch or tag it runs for, without prefix
 * @param environmentName where it deploys to; absent when nowhere
 */
public record Job(
        long id,
        long projectId,
        long userId,
        String ref,
        boolean protectedRef,
        @Nullable String environmentName,
        Instant expiresAt) {
    /** What a job is to be. */
    record Draft(
            long projectId,
            long userId,
            long createdByUserId,
            String ref,
            boolean protectedRef,
            @Nullable String environmentName,
            Instant expiresAt) {}
}
