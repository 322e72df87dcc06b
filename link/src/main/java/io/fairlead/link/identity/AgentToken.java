package io.fairlead.link.identity;

/** The secret an agent shows with each call. It never appears in text. */
public record AgentToken(String secret) {
    public AgentToken {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("an agent token cannot be empty");
        }
    }

    @Override
    public String toString() {
        return "AgentToken[***]";
    }
}
