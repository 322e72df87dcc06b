package io.fairlead.link.tracker;

import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.identity.AgentInfo;

/** Where services report that a pod of an agent is there. Does not block. */
public interface AgentConnections {
    /** The pod is there now; it counts as connected until it was silent for some minutes. */
    void seen(AgentInfo agent, long podId, AgentMeta meta);

    /** The pod is there until the returned connection is closed. */
    Connection connected(AgentInfo agent, long podId, AgentMeta meta);

    /** The pod said that it goes. */
    void gone(AgentInfo agent, long podId);

    /** A pod that is there as long as this is open; closing twice does nothing. */
    interface Connection extends AutoCloseable {
        @Override
        void close();
    }
}
