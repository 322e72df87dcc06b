package io.fairlead.link.tracker;

import java.time.Instant;
import java.util.Optional;

/** Tells whether an agent is there, so that a refusal can say why. Does not block. */
public interface AgentPresence {
    /** Empty: this agent was never seen, or so long ago that it is forgotten. */
    Optional<Presence> of(long agentId);

    /**
     * @param agentName as in GitLab
     * @param podsConnected how many pods of the agent are connected now; 0 means it is gone
     * @param connectedSince when the oldest pod that is still there came; when gone, when the last one came
     * @param lastSeen the last registration of any of its pods
     */
    record Presence(String agentName, int podsConnected, Instant connectedSince, Instant lastSeen) {
        public boolean connected() {
            return podsConnected > 0;
        }
    }
}
