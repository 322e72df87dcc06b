package io.fairlead.forge.token;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.User;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * What kubectl shows kas in place of a personal access token: good at one agent, for less than an hour, and only as long as
 * the token it was made with. Kept apart from those, so that no list of tokens fills with them.
 */
public final class ClusterCredentials {
    /** kas remembers an answer for a minute, and so both together are an hour. */
    public static final Duration LIFE = Duration.ofMinutes(59);

    /** A new credential; its secret is shown once and never kept. */
    public record Created(String secret, Instant expiresAt) {
        @Override
        public String toString() {
            return "Created[until " + expiresAt + "]";
        }
    }

    private final ClusterCredentialQueries credentials;
    private final PersonalAccessTokens tokens;
    private final TokenSecrets secrets;
    private final InstantSource clock;

    public ClusterCredentials(
            ClusterCredentialQueries credentials,
            PersonalAccessTokens tokens,
            TokenSecrets secrets,
            InstantSource clock) {
        this.credentials = credentials;
        this.tokens = tokens;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Whether a text that kas was shown is to be looked for here. */
    public static boolean looksLikeOne(String secret) {
        return secret.startsWith(TokenSecrets.CLUSTER) && secret.length() <= TokenSecrets.LENGTH_MAX;
    }

    /** @throws ApiError 404 when there is no such agent */
    public Created create(long tokenId, long agentId) {
        String secret = secrets.cluster();
        Instant now = clock.instant();
        Instant end = now.plus(LIFE);
        if (!credentials.add(
                TokenSecrets.digest(secret), new ClusterCredentialQueries.Kept(tokenId, agentId, end), now)) {
            throw ApiError.notFound("Agent");
        }
        return new Created(secret, end);
    }

    /**
     * Whom a credential speaks for at an agent.
     *
     * @throws ApiError 401 or 403, with a reason that kas may pass on
     */
    public User userOf(String secret, long agentId) {
        Optional<ClusterCredentialQueries.Kept> kept = credentials.byDigest(TokenSecrets.digest(secret));
        if (kept.isEmpty() || !clock.instant().isBefore(kept.get().expiresAt())) {
            throw refused("the credential has ended; kubectl fetches a new one by itself when it is asked again, and at"
                    + " once where ~/.cache/fairlead/credentials was removed");
        }
        if (kept.get().agentId() != agentId) {
            throw refused("the credential was made for another agent; write a kubeconfig for this one with \"fairlead"
                    + " agent kubeconfig\"");
        }
        return switch (tokens.check(kept.get().tokenId())) {
            case PersonalAccessTokens.Verdict.Valid(var token, var user) -> user;
            case PersonalAccessTokens.Verdict.Unknown(), PersonalAccessTokens.Verdict.Revoked() ->
                throw signInAgain("was revoked");
            case PersonalAccessTokens.Verdict.Expired() -> throw signInAgain("has expired");
            case PersonalAccessTokens.Verdict.Blocked() ->
                throw ApiError.forbidden("the account is blocked; an administrator can let it in again");
        };
    }

    private static ApiError signInAgain(String how) {
        return refused(
                "the token that the credential was made with " + how + "; sign in again with \"fairlead login\"");
    }

    private static ApiError refused(String why) {
        return ApiError.message(401, "401 Unauthorized - " + why);
    }
}
