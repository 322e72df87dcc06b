package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A person's token without its secret. It works until the day {@code expiresOn} begins (UTC). */
public record PersonalAccessToken(
        long id,
        long userId,
        String name,
        @Nullable String description,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable LocalDate expiresOn,
        boolean revoked,
        @Nullable Instant lastUsedAt) {
    public boolean expired(LocalDate today) {
        return expiresOn != null && !today.isBefore(expiresOn);
    }

    /** What a new token is to be. */
    public record Draft(
            long userId,
            String name,
            @Nullable String description,
            Set<Scope> scopes,
            @Nullable LocalDate expiresOn) {}
}
