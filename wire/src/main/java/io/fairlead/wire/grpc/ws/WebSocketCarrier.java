package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns a connection whose WebSocket handshake is done into a byte stream both ways, for the HTTP/2 handlers above it.
 *
 * <p>States: open, then closing (a close frame was sent or received; what arrives is thrown away), then closed. Pings
 * are answered, pongs ignored; what breaks the protocol is told to the peer by a close code.
 */
final class WebSocketCarrier extends ChannelDuplexHandler {
    /** What is said when this side closes. */
    record Farewell(int code, String reason) {}

    /** Hears that the peer has ended the stream, or must be sent away, before the connection is closed. */
    interface Ending {
        void ended(ChannelHandlerContext ctx, int code, String reason);
    }

    private static final long GOODBYE_MILLIS_MAX = 2_000;

    private final FrameReader reader;
    private final FrameWriter writer;
    private final Supplier<Farewell> farewell;
    private final Ending ending;
    private FrameReader.@Nullable Sink upward;
    private boolean closing;

    WebSocketCarrier(FrameReader.Side side, long seed, Supplier<Farewell> farewell, Ending ending) {
        this.reader = new FrameReader(side);
        this.writer = new FrameWriter(side, seed);
        this.farewell = farewell;
        this.ending = ending;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        upward = new Upward(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (!closing && upward != null) {
                reader.read(in, upward);
            }
        } catch (FrameViolation e) {
            ending.ended(ctx, e.closeCode(), e.broken());
            goodbye(ctx, e.closeCode(), e.broken(), ctx.newPromise());
        } finally {
            in.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (closing) {
            ((ByteBuf) message).release();
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        writer.add(ctx, (ByteBuf) message, promise);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        writer.emit(ctx);
        ctx.flush();
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing || !ctx.channel().isActive()) {
            ctx.close(promise);
            return;
        }
        writer.emit(ctx);
        Farewell words = farewell.get();
        goodbye(ctx, words.code, words.reason, promise);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        writer.fail(new ClosedChannelException());
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        writer.fail(new ClosedChannelException());
    }

    private void goodbye(ChannelHandlerContext ctx, int code, String reason, ChannelPromise promise) {
        closing = true;
        writer.fail(new ClosedChannelException());
        ByteBuf frame = writer.control(ctx.alloc(), WebSocketRules.OPCODE_CLOSE, CloseReason.write(code, reason));
        ctx.writeAndFlush(frame).addListener(sent -> ctx.close(promise));
        // A peer that does not read would never let the frame go.
        Future<?> hard = ctx.executor().schedule(() -> ctx.close(), GOODBYE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        ctx.channel().closeFuture().addListener(closed -> hard.cancel(false));
    }

    private final class Upward implements FrameReader.Sink {
        private final ChannelHandlerContext ctx;

        Upward(ChannelHandlerContext ctx) {
            this.ctx = ctx;
        }

        @Override
        public void data(ByteBuf piece) {
            ctx.fireChannelRead(piece);
        }

        @Override
        public void ping(byte[] payload) {
            // A peer that pings without reading the answers must not make us keep them all; the next one will do.
            if (ctx.channel().isWritable()) {
                ctx.writeAndFlush(writer.control(ctx.alloc(), WebSocketRules.OPCODE_PONG, payload));
            }
        }

        @Override
        public void closed(int code, String reason) {
            boolean named = code >= WebSocketRules.CLOSE_NORMAL && code < 5000 && code != CloseReason.ABSENT;
            ending.ended(ctx, code, reason);
            goodbye(ctx, named ? code : WebSocketRules.CLOSE_NORMAL, "", ctx.newPromise());
        }
    }
}
