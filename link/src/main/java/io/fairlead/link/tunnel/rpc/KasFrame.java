package io.fairlead.link.tunnel.rpc;

import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;

/** What kas says on a tunnel stream. {@link #field} is the member's number in ConnectResponse, for the order check. */
public sealed interface KasFrame {
    int field();

    /** The first: which method is called. */
    record Open(RequestInfo info) implements KasFrame {
        @Override
        public int field() {
            return ConnectResponse.REQUEST_INFO_FIELD_NUMBER;
        }
    }

    /** One serialized gRPC message of the request; whoever holds it releases it. */
    record Body(ByteBuf message) implements KasFrame {
        @Override
        public int field() {
            return ConnectResponse.MESSAGE_FIELD_NUMBER;
        }
    }

    /** The caller has nothing more to say. */
    record HalfClose() implements KasFrame {
        @Override
        public int field() {
            return ConnectResponse.CLOSE_SEND_FIELD_NUMBER;
        }
    }

    /** Bytes that are no message of this stream; the receiver ends the stream with {@code status}. */
    record Malformed(Status status) implements KasFrame {
        @Override
        public int field() {
            return StreamOrder.UNSET;
        }
    }
}
