package io.fairlead.forge.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Times;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A personal access token as the API shows it; the secret only in the answer to its creation. */
record TokenJson(
        long id,
        String name,
        @Nullable String description,
        boolean revoked,
        String createdAt,
        List<String> scopes,
        long userId,
        @Nullable String lastUsedAt,
        boolean active,
        @Nullable String expiresAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {
    static TokenJson of(PersonalAccessToken token, LocalDate today, @Nullable String secret) {
        LocalDate expiresOn = token.expiresOn();
        return new TokenJson(
                token.id(),
                token.name(),
                token.description(),
                token.revoked(),
                Times.text(token.createdAt()),
                Scope.texts(token.scopes()),
                token.userId(),
                Times.textOrNull(token.lastUsedAt()),
                !token.revoked() && !token.expired(today),
                expiresOn == null ? null : expiresOn.toString(),
                secret);
    }

    @Override
    public String toString() {
        return "TokenJson[id=" + id + "]";
    }
}
