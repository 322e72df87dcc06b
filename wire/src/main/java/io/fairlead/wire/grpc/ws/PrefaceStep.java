package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import org.jspecify.annotations.Nullable;

/**
 * Server: looks at a connection's first bytes. HTTP/2's preface opens gRPC; what looks like an HTTP/1.1 request goes to
 * the WebSocket handshake where that is possible; everything else is closed, without an answer
 * unless it was a TLS handshake on a cleartext port.
 */
final class PrefaceStep extends Step {
    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

    /** The first byte of a TLS ClientHello. */
    private static final byte TLS_HANDSHAKE = 0x16;

    private enum Speaks {
        UNKNOWN,
        HTTP2,
        HTTP1,
        NOISE
    }

    private final Accepting accepting;
    private final boolean http1Possible;
    private @Nullable ByteBuf held;
    private boolean decided;

    PrefaceStep(Accepting accepting, boolean http1Possible) {
        this.accepting = accepting;
        this.http1Possible = http1Possible;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (decided) {
            in.release();
            return;
        }
        ByteBuf all = held == null ? in : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, in);
        held = all;
        switch (speaks(all)) {
            case UNKNOWN -> {}
            case HTTP2 -> accepting.openGrpc(ctx, this, event(), release());
            case HTTP1 -> accepting.shakeHands(ctx, this, event(), release());
            case NOISE -> {
                ByteBuf noise = release();
                boolean tls = http1Possible && noise.getByte(noise.readerIndex()) == TLS_HANDSHAKE;
                noise.release();
                accepting.refuseNoise(ctx, tls);
            }
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        drop();
        ctx.fireChannelInactive();
    }

    private Speaks speaks(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), PREFACE.readableBytes());
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != PREFACE.getByte(i)) {
                byte first = bytes.getByte(bytes.readerIndex());
                return http1Possible && first >= 'A' && first <= 'Z' ? Speaks.HTTP1 : Speaks.NOISE;
            }
        }
        return length == PREFACE.readableBytes() ? Speaks.HTTP2 : Speaks.UNKNOWN;
    }

    private ByteBuf release() {
        ByteBuf bytes = held;
        held = null;
        decided = true;
        if (bytes == null) {
            throw new IllegalStateException("nothing was read");
        }
        return bytes;
    }

    private void drop() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
