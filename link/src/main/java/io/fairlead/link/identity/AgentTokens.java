package io.fairlead.link.identity;

import java.util.concurrent.CompletionStage;

/**
 * Finds the agent a token belongs to.
 *
 * <p>Callers run on event loops: an answer that is known completes before the method returns, any other completes on
 * another thread. A failure is an {@code io.grpc.StatusRuntimeException}: UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND, or
 * UNAVAILABLE when GitLab cannot be asked (worth another try).
 */
public interface AgentTokens {
    CompletionStage<AgentInfo> authenticate(AgentToken token);

    /** Whether {@link #authenticate} answers from memory, so that it costs nothing. */
    default boolean remembers(AgentToken token) {
        return true;
    }
}
