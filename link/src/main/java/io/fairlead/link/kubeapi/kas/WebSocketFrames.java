package io.fairlead.link.kubeapi.kas;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Follows the frames of a WebSocket from the cluster to a client (RFC 6455, section 5.2), without holding any back, to know
 * where a frame of ours may stand. For one event loop.
 */
final class WebSocketFrames {
    /** A control frame has no more than 125 bytes, of which two are the code. */
    private static final int REASON_BYTES_MAX = 123;

    private static final int HEAD_BYTES_MAX = 14;
    private static final int CLOSE = 0x8;
    private static final int LAST = 0x80;

    /** What the other end does goes against a policy. */
    private static final int POLICY_VIOLATION = 1008;

    private final byte[] head = new byte[HEAD_BYTES_MAX];
    private int headBytes;
    private long left;
    private boolean closed;

    /** These bytes come next; they are left as they are. */
    void pass(ByteBuf data) {
        int at = data.readerIndex();
        while (at < data.writerIndex()) {
            if (left > 0) {
                int some = (int) Math.min(left, data.writerIndex() - at);
                at += some;
                left -= some;
            } else {
                head[headBytes++] = data.getByte(at++);
                if (headBytes >= 2 && headBytes == headLength()) {
                    closed |= (head[0] & 0xf) == CLOSE;
                    left = payload();
                    headBytes = 0;
                }
            }
        }
    }

    private int headLength() {
        int length = head[1] & 0x7f;
        return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + ((head[1] & 0x80) == 0 ? 0 : 4);
    }

    private long payload() {
        int length = head[1] & 0x7f;
        if (length < 126) {
            return length;
        }
        ByteBuffer wide = ByteBuffer.wrap(head, 2, 8);
        return length == 126 ? Short.toUnsignedInt(wide.getShort()) : wide.getLong() & Long.MAX_VALUE;
    }

    /** Whether a frame of ours may come now: none has begun, and none has said that it was the last. */
    boolean mayClose() {
        return headBytes == 0 && left == 0 && !closed;
    }

    /** A frame that ends the connection and says why, as far as there is room. */
    static ByteBuf close(ByteBufAllocator allocator, String reason) {
        byte[] text = new byte[REASON_BYTES_MAX];
        ByteBuffer fits = ByteBuffer.wrap(text);
        CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
        CoderResult result = utf8.encode(CharBuffer.wrap(reason), fits, true);
        int length = result.isError() ? 0 : fits.position();
        return allocator
                .buffer(4 + length)
                .writeByte(LAST | CLOSE)
                .writeByte(2 + length)
                .writeShort(POLICY_VIOLATION)
                .writeBytes(text, 0, length);
    }
}
