package io.fairlead.wire.grpc.ws;

import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One step between an open connection and gRPC's HTTP/2 handler. gRPC starts the chain with an event that each step
 * keeps, may add to, and passes on when it is done; until then gRPC's own handler at the end of the pipeline holds back
 * all writes. Hence a step writes through its own context, never through the channel.
 */
abstract class Step extends ChannelInboundHandlerAdapter {
    private @Nullable ProtocolNegotiationEvent event;

    @Override
    public final void userEventTriggered(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof ProtocolNegotiationEvent started) {
            event = started;
            started(ctx);
        } else {
            happened(ctx, message);
        }
    }

    /** It is this step's turn. */
    void started(ChannelHandlerContext ctx) throws Exception {}

    /** Another event, from a handler below. */
    void happened(ChannelHandlerContext ctx, Object message) throws Exception {
        ctx.fireUserEventTriggered(message);
    }

    /** The event that opened this step. */
    final ProtocolNegotiationEvent event() {
        if (event == null) {
            throw new IllegalStateException(getClass().getSimpleName() + " is not on yet");
        }
        return event;
    }
}
