package io.fairlead.forge.token;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;

/** Makes personal access tokens and tells whose a shown one is. */
public final class PersonalAccessTokens {
    /** Use is recorded this often at most, so that reads do not become writes. */
    private static final Duration USE_RECORDED_EVERY = Duration.ofMinutes(1);

    /** A new token with its secret, which is shown once and never kept. */
    public record Created(PersonalAccessToken token, String secret) {
        @Override
        public String toString() {
            return "Created[" + token + "]";
        }
    }

    /** What a shown secret turned out to be. */
    public sealed interface Verdict {
        record Valid(PersonalAccessToken token, User user) implements Verdict {}

        record Unknown() implements Verdict {}

        record Revoked() implements Verdict {}

        record Expired() implements Verdict {}

        /** The token is good, but whom it speaks for may do nothing. */
        record Blocked() implements Verdict {}
    }

    private final TokenQueries tokens;
    private final UserQueries users;
    private final TokenSecrets secrets;
    private final InstantSource clock;

    public PersonalAccessTokens(TokenQueries tokens, UserQueries users, TokenSecrets secrets, InstantSource clock) {
        this.tokens = tokens;
        this.users = users;
        this.secrets = secrets;
        this.clock = clock;
    }

    public Created create(PersonalAccessToken.Draft draft) {
        String secret = secrets.personal();
        return new Created(tokens.create(draft, TokenSecrets.digest(secret), clock.instant()), secret);
    }

    public Verdict check(String secret) {
        if (secret.isEmpty() || secret.length() > TokenSecrets.LENGTH_MAX) {
            return new Verdict.Unknown();
        }
        return check(tokens.byDigest(TokenSecrets.digest(secret)));
    }

    /** What became of a token that something was made with. */
    Verdict check(long tokenId) {
        return check(tokens.byId(tokenId));
    }

    private Verdict check(Optional<PersonalAccessToken> found) {
        if (found.isEmpty()) {
            return new Verdict.Unknown();
        }
        PersonalAccessToken token = found.get();
        if (token.revoked()) {
            return new Verdict.Revoked();
        }
        if (token.expired(today())) {
            return new Verdict.Expired();
        }
        Optional<User> user = users.byId(token.userId());
        if (user.isEmpty()) {
            return new Verdict.Unknown();
        }
        if (!user.get().active()) {
            return new Verdict.Blocked();
        }
        recordUse(token);
        return new Verdict.Valid(token, user.get());
    }

    /**
     * Puts a new token in the place of {@code old}, with its name and scopes.
     *
     * @throws ApiError 401 when it does not work any more. One that was revoked has perhaps been stolen and rotated: then
     *     every token that came from the same first one ends
     */
    public Created rotate(PersonalAccessToken old, LocalDate expiresOn) {
        if (old.revoked()) {
            tokens.revokeFamily(old.familyId());
        }
        if (!old.active(today())) {
            throw ApiError.unauthorized();
        }
        String secret = secrets.personal();
        PersonalAccessToken.Draft draft =
                new PersonalAccessToken.Draft(old.userId(), old.name(), old.description(), old.scopes(), expiresOn);
        return tokens.rotate(old, draft, TokenSecrets.digest(secret), clock.instant())
                .map(token -> new Created(token, secret))
                .orElseThrow(ApiError::unauthorized);
    }

    LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private void recordUse(PersonalAccessToken token) {
        Instant now = clock.instant();
        Instant last = token.lastUsedAt();
        if (last == null || now.isAfter(last.plus(USE_RECORDED_EVERY))) {
            tokens.recordUse(token.id(), now);
        }
    }
}
