package io.fairlead.link.tunnel.rpc;

import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;

/** What agentk says on a tunnel stream. {@link #field} is the member's number in ConnectRequest, for the order check. */
public sealed interface AgentFrame {
    int field();

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

    /** One serialized gRPC message of the answer; whoever holds it releases it. */
    record Body(ByteBuf message) implements AgentFrame {
        @Override
        public int field() {
            return ConnectRequest.MESSAGE_FIELD_NUMBER;
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

    /** Bytes that are no message of this stream; the receiver ends the stream with {@code status}. */
    record Malformed(Status status) implements AgentFrame {
        @Override
        public int field() {
            return StreamOrder.UNSET;
        }
    }
}
