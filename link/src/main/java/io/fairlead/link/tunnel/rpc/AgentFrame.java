package io.fairlead.link.tunnel.rpc;

import io.grpc.Status;

/** What agentk says on a tunnel stream. {@link #field} is the member's number in ConnectRequest, for the order check. */
public sealed interface AgentFrame extends TunnelFrame
        permits AgentFrame.Describe,
                AgentFrame.Head,
                AgentFrame.Trail,
                AgentFrame.Failed,
                TunnelFrame.Body,
                TunnelFrame.Malformed {
    /** The first: what this agent serves. */
    record Describe(AgentDescriptor descriptor) implements AgentFrame {
        @Override
        public int field() {
            return ConnectRequest.API_DESCRIPTOR_FIELD_NUMBER;
        }
    }

    /** The answer's metadata. */
    record Head(Header header) implements AgentFrame {
        @Override
        public int field() {
            return ConnectRequest.HEADER_FIELD_NUMBER;
        }
    }

    /** The end of the answer. */
    record Trail(Trailer trailer) implements AgentFrame {
        @Override
        public int field() {
            return ConnectRequest.TRAILER_FIELD_NUMBER;
        }
    }

    /** The request failed in the agent. */
    record Failed(Status status) implements AgentFrame {
        @Override
        public int field() {
            return ConnectRequest.ERROR_FIELD_NUMBER;
        }
    }
}
