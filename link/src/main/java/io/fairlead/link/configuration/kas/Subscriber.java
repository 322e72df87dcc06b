package io.fairlead.link.configuration.kas;

import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.identity.AgentToken;
import io.grpc.Status;

/** A stream that wants to know an agent's configuration. */
interface Subscriber {
    /** The token of the stream's call, asked about again at each look, so that a revoked one ends the stream. */
    AgentToken token();

    /** What GitLab last said about the agent. */
    AgentInfo agent();

    /** Takes what GitLab says now. */
    void agent(AgentInfo agent);

    /** The commit that the agent has, empty at first. */
    String commit();

    /** Takes a configuration of another commit than {@link #commit}. Does not block. */
    void configured(Reading.Configured reading);

    /** Ends the stream with an error. Does not block. */
    void failed(Status status);
}
