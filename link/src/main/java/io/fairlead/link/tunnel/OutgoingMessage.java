package io.fairlead.link.tunnel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One serialized gRPC message on its way into a tunnel: a few bytes of framing and the payload they announce, kept apart so
 * that a large payload is copied once only, into the connection's own buffer. Whoever is given one releases {@code payload}.
 */
public record OutgoingMessage(byte[] framing, ByteBuf payload) {
    /** A message small enough, or rare enough, to be built whole. */
    public static OutgoingMessage whole(byte[] bytes) {
        return new OutgoingMessage(bytes, Unpooled.EMPTY_BUFFER);
    }

    public int size() {
        return framing.length + payload.readableBytes();
    }

    public void release() {
        payload.release();
    }
}
