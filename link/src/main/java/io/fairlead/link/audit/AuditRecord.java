package io.fairlead.link.audit;

import io.fairlead.kube.rbac.Action;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import org.jspecify.annotations.Nullable;

/**
 * What is to be remembered of one request, put together on its event loop from what is there anyway; {@link AuditLine} makes
 * text of it elsewhere.
 *
 * @param millis when it ended, or for {@link Phase#BEGIN} began; since 1970
 * @param action what is asked for, as the cluster's authorizer sees it
 * @param path decoded, without query
 * @param credential what was shown; null when nothing that could be one
 * @param granted who was let in, as whom; null when nobody was
 * @param agentId 0 when none was named
 * @param reason why it was refused, cut or failed; empty when it was not
 * @param status of the answer, 0 when there was none
 * @param bytesIn of bodies, from the client
 * @param nanos how long it took
 */
public record AuditRecord(
        long millis,
        Phase phase,
        String traceId,
        Action action,
        String path,
        @Nullable ProxyCredential credential,
        ProxyDecision.@Nullable Allowed granted,
        long agentId,
        Decision decision,
        String reason,
        int status,
        long bytesIn,
        long bytesOut,
        long nanos) {
    /** Long requests have a record at their begin as well. */
    public enum Phase {
        BEGIN,
        END
    }

    /** What was decided here; what the cluster decided is in the status. */
    public enum Decision {
        ALLOWED,
        REFUSED,
        /** Allowed, and then not any more. */
        CUT
    }
}
