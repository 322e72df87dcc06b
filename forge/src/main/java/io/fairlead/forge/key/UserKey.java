package io.fairlead.forge.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An SSH key of a person's. */
public record UserKey(
        long id,
        long userId,
        String title,
        SshPublicKey key,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {
    public boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}
