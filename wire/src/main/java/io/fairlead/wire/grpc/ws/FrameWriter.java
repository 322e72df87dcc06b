package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * Gathers HTTP/2's many small writes into few WebSocket frames: one per flush, or one per {@value #FRAME_BYTES} bytes
 * when more is written before the flush (the bytes must reach the socket's own queue, for only there are they counted
 * against the connection's writability).
 *
 * <p>A server passes the buffers on as they are behind one header. A client, which must mask, copies and masks them in
 * one go into a buffer of its own: those it is given may be shared or read-only.
 */
final class FrameWriter {
    static final int FRAME_BYTES = 64 * 1024;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int HEADER_BYTES_MAX = 14;

    private record Write(ByteBuf bytes, ChannelPromise promise) {}

    private final FrameReader.Side side;
    private final SplittableRandom keys;
    private final Queue<Write> waiting = new ArrayDeque<>();
    private int waitingBytes;

    FrameWriter(FrameReader.Side side, long seed) {
        this.side = side;
        this.keys = new SplittableRandom(seed);
    }

    void add(ChannelHandlerContext ctx, ByteBuf bytes, ChannelPromise promise) {
        waiting.add(new Write(bytes, promise));
        waitingBytes += bytes.readableBytes();
        if (waitingBytes >= FRAME_BYTES) {
            emit(ctx);
        }
    }

    /** Writes what waits as one frame, without flushing. */
    void emit(ChannelHandlerContext ctx) {
        if (waitingBytes == 0) {
            // Empty writes are asked for only to learn when those before them are done.
            for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
                ctx.write(write.bytes, write.promise);
            }
            return;
        }
        int length = waitingBytes;
        waitingBytes = 0;
        if (side == FrameReader.Side.CLIENT) {
            emitMasked(ctx, length);
        } else {
            ctx.write(header(ctx.alloc(), WebSocketRules.OPCODE_BINARY, length, HEADER_BYTES_MAX));
            for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
                ctx.write(write.bytes, write.promise);
            }
        }
    }

    private void emitMasked(ChannelHandlerContext ctx, int length) {
        ByteBuf frame = header(ctx.alloc(), WebSocketRules.OPCODE_BINARY, length, HEADER_BYTES_MAX + length);
        int key = nextKey(frame);
        List<ChannelPromise> promises = new ArrayList<>(waiting.size());
        int phase = 0;
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            int piece = write.bytes.readableBytes();
            Mask.copy(write.bytes, frame, Mask.rotated(key, phase));
            phase += piece;
            write.bytes.release();
            promises.add(write.promise);
        }
        if (promises.size() == 1) {
            ctx.write(frame, promises.getFirst());
        } else {
            ctx.write(frame).addListener(done -> promises.forEach(promise -> settle((ChannelFuture) done, promise)));
        }
    }

    /** A control frame; {@code payload} is at most 125 bytes long. */
    ByteBuf control(ByteBufAllocator alloc, int opcode, byte[] payload) {
        ByteBuf frame = header(alloc, opcode, payload.length, HEADER_BYTES_MAX + payload.length);
        int key = side == FrameReader.Side.CLIENT ? nextKey(frame) : 0;
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(payload[i] ^ (Mask.rotated(key, i) >>> 24));
        }
        return frame;
    }

    /** Gives up what waits; for a connection that is gone. */
    void fail(Throwable cause) {
        waitingBytes = 0;
        for (Write write = waiting.poll(); write != null; write = waiting.poll()) {
            write.bytes.release();
            write.promise.tryFailure(cause);
        }
    }

    private int nextKey(ByteBuf frame) {
        int key = keys.nextInt();
        frame.writeInt(key);
        return key;
    }

    private ByteBuf header(ByteBufAllocator alloc, int opcode, int length, int capacity) {
        ByteBuf frame = alloc.directBuffer(capacity, capacity);
        int masked = side == FrameReader.Side.CLIENT ? MASKED : 0;
        frame.writeByte(FINAL | opcode);
        if (length <= WebSocketRules.CONTROL_BYTES_MAX) {
            frame.writeByte(masked | length);
        } else if (length <= 0xffff) {
            frame.writeByte(masked | 126).writeShort(length);
        } else {
            frame.writeByte(masked | 127).writeLong(length);
        }
        return frame;
    }

    private static void settle(ChannelFuture done, ChannelPromise promise) {
        if (done.isSuccess()) {
            promise.trySuccess();
        } else {
            promise.tryFailure(done.cause());
        }
    }
}
