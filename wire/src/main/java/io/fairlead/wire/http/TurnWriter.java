package io.fairlead.wire.http;

import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Writes to one channel, with one flush for all that is written in a turn of its loop: a small message is one packet. */
final class TurnWriter {
    private @Nullable ChannelHandlerContext planned;

    void write(ChannelHandlerContext context, Object message) {
        context.write(message, context.voidPromise());
        if (!context.channel().isWritable()) {
            context.flush();
        } else if (planned == null) {
            planned = context;
            context.executor().execute(this::flush);
        }
    }

    private void flush() {
        ChannelHandlerContext context = planned;
        planned = null;
        if (context != null) {
            context.flush();
        }
    }
}
