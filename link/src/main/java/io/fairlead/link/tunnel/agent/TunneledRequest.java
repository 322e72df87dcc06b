package io.fairlead.link.tunnel.agent;

import io.netty.buffer.ByteBuf;

/** Told what kas sends of one request. {@link #onCancel} or the reply's end comes last. */
public interface TunneledRequest {
    /** One gRPC message of the request, asked for with {@link TunneledReply#request}; owned by the receiver. */
    void onMessage(ByteBuf message);

    /** The request has no more messages. */
    void onHalfClose();

    /** {@link TunneledReply#ready} has become true. */
    void onReady();

    /** kas gave the request up or is gone; nothing can be answered any more. */
    void onCancel();
}
