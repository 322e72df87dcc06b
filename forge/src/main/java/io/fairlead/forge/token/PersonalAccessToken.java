package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A person's or a bot's token without its secret. It works until the day {@code expiresOn} begins (UTC).
 *
 * @param familyId the first of the tokens that this one was made from by rotation; its own id when it was not
 */
public record PersonalAccessToken(
        long id,
        long userId,
        String name,
        @Nullable String description,
        Set<Scope> scopes,
        Instant createdAt,
        @Nullable LocalDate expiresOn,
        boolean revoked,
        @Nullable Instant lastUsedAt,
        long familyId) {
    public boolean expired(LocalDate today) {
        return expiresOn != null && !today.isBefore(expiresOn);
    }

    public boolean active(LocalDate today) {
        return !revoked && !expired(today);
    }

    /** What a new token is to be. */
    public record Draft(
            long userId,
            String name,
            @Nullable String description,
            Set<Scope> scopes,
            @Nullable LocalDate expiresOn) {}
}
