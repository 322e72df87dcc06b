package io.fairlead.link.tunnel.rpc;

import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;

/**
 * What either side says on a tunnel stream, and one kas to another about one. {@link #field} is the member's number in that side's message, for the order
 * check.
 */
public sealed interface TunnelFrame permits AgentFrame, KasFrame, GatewayFrame {
    int field();

    /** Releases the bytes of a frame that nobody will use. */
    static void release(TunnelFrame frame) {
        if (frame instanceof Body body) {
            body.message().release();
        }
    }

    /** One serialized gRPC message of the request or of the answer; whoever holds it releases it. */
    record Body(int field, ByteBuf message) implements AgentFrame, KasFrame, GatewayFrame {}

    /** Bytes that are no message of this stream; the receiver ends the stream with {@code status}. */
    record Malformed(Status status) implements AgentFrame, KasFrame, GatewayFrame {
        @Override
        public int field() {
            return StreamOrder.UNSET;
        }
    }
}
