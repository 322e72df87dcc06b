package io.fairlead.forge.token;

import io.fairlead.forge.member.Membership;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Makes deploy tokens and tells what a shown one is good for. */
public final class DeployTokens {
    private static final Duration USE_RECORDED_EVERY = Duration.ofMinutes(1);

    /** A new token with its secret, which is shown once and never kept. */
    public record Created(DeployToken token, String secret) {
        @Override
        public String toString() {
            return "Created[" + token + "]";
        }
    }

    private final DeployTokenQueries queries;
    private final TokenSecrets secrets;
    private final InstantSource clock;

    public DeployTokens(DeployTokenQueries queries, TokenSecrets secrets, InstantSource clock) {
        this.queries = queries;
        this.secrets = secrets;
        this.clock = clock;
    }

    public Created create(Membership where, DeployToken.Draft draft) {
        String secret = secrets.deploy();
        return new Created(queries.create(where, draft, TokenSecrets.digest(secret), clock.instant()), secret);
    }

    /** The token of this name and secret, if it works; the use is recorded. */
    public Optional<DeployToken> check(String username, String secret) {
        if (!secret.startsWith(TokenSecrets.DEPLOY) || secret.length() > TokenSecrets.LENGTH_MAX) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<DeployToken> found = queries.byDigest(TokenSecrets.digest(secret))
                .filter(token -> token.active(now))
                .filter(token -> MessageDigest.isEqual(
                        token.username().getBytes(StandardCharsets.UTF_8), username.getBytes(StandardCharsets.UTF_8)));
        found.ifPresent(token -> {
            Instant last = token.lastUsedAt();
            if (last == null || now.isAfter(last.plus(USE_RECORDED_EVERY))) {
                queries.recordUse(token.id(), now);
            }
        });
        return found;
    }
}
