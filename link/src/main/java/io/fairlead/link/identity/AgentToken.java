package io.fairlead.link.identity;

import io.grpc.Context;

/** The secret an agent shows with each call. It never appears in text. */
public record AgentToken(String secret) {
    /** The caller's token, in the context of every call that got through the door for agents. */
    public static final Context.Key<AgentToken> OF_CALL = Context.key("fairlead.agent-token");

    public AgentToken {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("an agent token cannot be empty");
        }
    }

    /** What tables know it by: safe to keep and to log. */
    public String hash() {
        return CredentialHash.of("agent", secret);
    }

    @Override
    public String toString() {
        return "AgentToken[***]";
    }
}
