package io.fairlead.wire.grpc.ws;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the peer can read the last answer even while it is still sending: closing a socket with
 * unread input would reset it and may destroy the answer on its way.
 */
final class LingeringClose {
    /** The peer's last bytes are read and thrown away for no longer than this. */
    private static final long MILLIS_MAX = 1_000;

    private LingeringClose() {}

    /** The handlers of the pipeline must be throwing input away already. */
    static void begin(ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(SslHandler.class) != null || !(ctx.channel() instanceof DuplexChannel channel)) {
            // TLS says its own goodbye.
            ctx.close();
            return;
        }
        channel.shutdownOutput();
        channel.eventLoop().schedule(() -> ctx.close(), MILLIS_MAX, TimeUnit.MILLISECONDS);
    }
}
