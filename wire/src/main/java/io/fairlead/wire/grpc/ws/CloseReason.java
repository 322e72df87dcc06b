package io.fairlead.wire.grpc.ws;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The payload of a close frame: a code and a short text for people. */
final class CloseReason {
    /** Stands for the code of a close frame that has none; it is never sent. */
    static final int ABSENT = 1005;

    private CloseReason() {}

    /** {@code reason} is ASCII of ours and is cut to what a control frame holds. */
    static byte[] write(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, WebSocketRules.CONTROL_BYTES_MAX - Short.BYTES);
        return ByteBuffer.allocate(Short.BYTES + length)
                .putShort((short) code)
                .put(text, 0, length)
                .array();
    }

    /** The text of {@code payload} with everything unprintable replaced, because it ends up in logs. */
    static String read(byte[] payload) {
        if (payload.length <= Short.BYTES) {
            return "";
        }
        return new String(payload, Short.BYTES, payload.length - Short.BYTES, StandardCharsets.UTF_8)
                .replaceAll("[^\\x20-\\x7e]", "?");
    }
}
