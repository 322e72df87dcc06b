package io.fairlead.forge.agent;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A token of an agent without its secret. */
public record AgentToken(
        long id,
        long agentId,
        String name,
        @Nullable String description,
        boolean revoked,
        long createdByUserId,
        Instant createdAt,
        @Nullable Instant lastUsedAt) {
    /** What a new token is to be. */
    public record Draft(long agentId, String name, @Nullable String description, long createdByUserId) {}
}
