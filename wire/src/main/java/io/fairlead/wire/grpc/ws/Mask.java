package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The XOR that RFC 6455 lays over everything a client sends. Works in 8-byte words, on {@link ByteBuffer} views because
 * a word there is one instruction where {@link ByteBuf} checks reference counts.
 */
final class Mask {
    private Mask() {}

    /** {@code key} (first byte highest) as it applies from byte {@code offset} of a payload on. */
    static int rotated(int key, int offset) {
        return Integer.rotateLeft(key, (offset & 3) * Byte.SIZE);
    }

    /** Masks or unmasks, in place, {@code length} bytes of {@code buffer} from its reader index. */
    static void inPlace(ByteBuf buffer, int length, int key) {
        if (buffer.nioBufferCount() == 1) {
            ByteBuffer view = buffer.nioBuffer(buffer.readerIndex(), length);
            apply(view, view, length, key);
            return;
        }
        int start = buffer.readerIndex();
        for (int i = 0; i < length; i++) {
            buffer.setByte(start + i, buffer.getByte(start + i) ^ (rotated(key, i) >>> 24));
        }
    }

    /** Appends the readable bytes of {@code from}, masked, to {@code to}; {@code from} is left unread. */
    static void copy(ByteBuf from, ByteBuf to, int key) {
        int length = from.readableBytes();
        ByteBuffer target = to.internalNioBuffer(to.writerIndex(), length);
        int phase = 0;
        for (ByteBuffer source : from.nioBuffers()) {
            int piece = source.remaining();
            apply(source, target, piece, rotated(key, phase));
            target.position(target.position() + piece);
            phase += piece;
        }
        to.writerIndex(to.writerIndex() + length);
    }

    /** From and to the buffers' positions, which stay where they are. */
    private static void apply(ByteBuffer from, ByteBuffer to, int length, int key) {
        ByteBuffer source = from.order() == ByteOrder.BIG_ENDIAN ? from : from.duplicate();
        ByteBuffer target = to.order() == ByteOrder.BIG_ENDIAN ? to : to.slice();
        int sourceAt = source.position();
        int targetAt = target.position();
        long word = ((long) key << Integer.SIZE) | (key & 0xffff_ffffL);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            target.putLong(targetAt + i, source.getLong(sourceAt + i) ^ word);
        }
        for (; i < length; i++) {
            target.put(targetAt + i, (byte) (source.get(sourceAt + i) ^ (rotated(key, i) >>> 24)));
        }
    }
}
