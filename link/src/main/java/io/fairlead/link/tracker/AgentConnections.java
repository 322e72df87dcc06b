package io.fairlead.link.tracker;

import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.identity.AgentInfo;
import io.grpc.Status;

/** Where services report that a pod of an agent is there. Does not block. */
public interface AgentConnections {
    /** Versions, names and labels; they are kept for each pod. */
    int META_BYTES_MAX = 16 * 1024;

    Status TOO_LARGE =
            Status.INVALID_ARGUMENT.withDescription("agent_meta is larger than " + META_BYTES_MAX + " bytes");

    /** Whether {@code meta} is more than is kept of a pod. */
    static boolean tooLarge(AgentMeta meta) {
        return meta.getSerializedSize() > META_BYTES_MAX;
    }

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
