package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token of a project, or of a group and all below it, for machines that fetch; without its secret.
 *
 * @param username what must be given with the secret
 */
public record DeployToken(
        long id,
        OptionalLong projectId,
        OptionalLong groupId,
        String name,
        String username,
        Set<Scope> scopes,
        @Nullable Instant expiresAt,
        boolean revoked,
        @Nullable Instant lastUsedAt) {
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    public boolean active(Instant now) {
        return !revoked && !expired(now);
    }

    /** What a new token is to be; without {@code username} one is made of its id. */
    public record Draft(
            String name,
            @Nullable String username,
            Set<Scope> scopes,
            @Nullable Instant expiresAt,
            long creatorId) {}
}
