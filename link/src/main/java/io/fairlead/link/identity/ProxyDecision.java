package io.fairlead.link.identity;

import java.util.Optional;

/** The answer of {@link ProxyAccess}. */
public sealed interface ProxyDecision {
    /**
     * The request goes to the agent.
     *
     * @param agentName for messages; GitLab itself does not tell it, our forge does
     * @param impersonation empty: agentk acts as itself
     */
    record Allowed(long agentId, Optional<String> agentName, Optional<Impersonation> impersonation, Identity who)
            implements ProxyDecision {}

    /**
     * The request is answered here.
     *
     * @param httpStatus 401, 403, 404, 429 or 500
     * @param message one sentence without the prefix and the trace id that the edge adds
     */
    record Refused(int httpStatus, String message) implements ProxyDecision {}
}
