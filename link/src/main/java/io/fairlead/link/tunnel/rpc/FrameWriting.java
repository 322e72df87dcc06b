package io.fairlead.link.tunnel.rpc;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.grpc.MethodDescriptor;
import io.netty.buffer.Unpooled;
import java.io.InputStream;

/** One side's outgoing half; {@code messageTag} is where that side puts a gRPC message. */
record FrameWriting(int messageTag) implements MethodDescriptor.Marshaller<OutgoingFrame> {
    private static final byte[] NO_BYTES = {};

    @Override
    public InputStream stream(OutgoingFrame frame) {
        return switch (frame) {
            case OutgoingFrame.Ready(byte[] bytes) -> new FrameStream(NO_BYTES, bytes, Unpooled.EMPTY_BUFFER);
            case OutgoingFrame.Wrapped(OutgoingMessage message) -> {
                int inner = message.size();
                int data = inner == 0 ? 0 : 1 + Varint.size(inner) + inner;
                byte[] outer = new byte[1 + Varint.size(data) + data - inner];
                outer[0] = (byte) messageTag;
                int at = Varint.put(outer, 1, data);
                if (inner > 0) {
                    outer[at] = FrameReading.MESSAGE_DATA_TAG;
                    Varint.put(outer, at + 1, inner);
                }
                yield new FrameStream(outer, message.framing(), message.payload());
            }
        };
    }

    @Override
    public OutgoingFrame parse(InputStream stream) {
        throw new IllegalStateException("this side only sends");
    }
}
