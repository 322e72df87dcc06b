package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import java.util.List;

/**
 * Looks at a connection's first byte: TLS goes on as TLS; a client that speaks plain HTTP to this port is told so in a
 * sentence it can read.
 */
final class TlsOrPlain extends ByteToMessageDecoder {
    private static final int TLS_HANDSHAKE = 0x16;
    private static final String ANSWER =
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
                    + "This port speaks HTTPS: use an address that begins with https://\n";

    private final SslContext context;

    TlsOrPlain(SslContext context) {
        this.context = context;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
            ctx.pipeline().replace(this, null, context.newHandler(ctx.alloc()));
            return;
        }
        in.skipBytes(in.readableBytes());
        ctx.writeAndFlush(ByteBufUtil.writeAscii(ctx.alloc(), ANSWER)).addListener(ChannelFutureListener.CLOSE);
    }
}
