package io.fairlead.link.identity;

import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a credential opens an agent's cluster, and as whom.
 *
 * <p>Callers run on event loops: a known decision completes before the method returns, any other completes on another
 * thread. The stage does not fail: what goes wrong is a {@link ProxyDecision.Refused}.
 */
public interface ProxyAccess {
    /** @param client from where the credential was shown */
    CompletionStage<ProxyDecision> decide(ProxyCredential credential, SocketAddress client);

    /**
     * Decides again about one that was let in and is at work. What it showed then is counted against nobody, and those at the
     * door do not keep it waiting.
     */
    default CompletionStage<ProxyDecision> review(ProxyCredential credential, SocketAddress client) {
        return decide(credential, client);
    }
}
