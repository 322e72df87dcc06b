package io.fairlead.forge.agent;

import io.fairlead.forge.token.TokenSecrets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Makes agent tokens and tells which agent a shown one belongs to. */
public final class AgentTokens {
    private static final Duration USE_RECORDED_EVERY = Duration.ofMinutes(1);

    /** A new token with its secret, which is shown once and never kept. */
    public record Created(AgentToken token, String secret) {
        @Override
        public String toString() {
            return "Created[" + token + "]";
        }
    }

    private final AgentTokenQueries tokens;
    private final AgentQueries agents;
    private final TokenSecrets secrets;
    private final InstantSource clock;

    public AgentTokens(AgentTokenQueries tokens, AgentQueries agents, TokenSecrets secrets, InstantSource clock) {
        this.tokens = tokens;
        this.agents = agents;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Nothing when the agent has as many active tokens as it may. */
    public Optional<Created> create(AgentToken.Draft draft) {
        String secret = secrets.agent();
        return tokens.create(draft, TokenSecrets.digest(secret), clock.instant())
                .map(token -> new Created(token, secret));
    }

    /** The agent of an active token; the use is recorded. */
    public Optional<Agent> agentOf(String secret) {
        if (secret.isEmpty() || secret.length() > TokenSecrets.LENGTH_MAX) {
            return Optional.empty();
        }
        Optional<AgentToken> token = tokens.activeByDigest(TokenSecrets.digest(secret));
        token.ifPresent(this::recordUse);
        return token.flatMap(found -> agents.byId(found.agentId()));
    }

    private void recordUse(AgentToken token) {
        Instant now = clock.instant();
        Instant last = token.lastUsedAt();
        if (last == null || now.isAfter(last.plus(USE_RECORDED_EVERY))) {
            tokens.recordUse(token.id(), now);
        }
    }
}
