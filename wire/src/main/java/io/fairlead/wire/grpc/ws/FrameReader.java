package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;

/**
 * Takes WebSocket frames apart as their bytes arrive. Payload is handed on in slices of what was received, unmasked in
 * place: nothing waits for the rest of a frame and nothing is copied, because frames have no meaning to what they carry.
 *
 * <p>States: header (collecting 2 to 14 bytes), payload (so many bytes to go), control (collecting up to 125 bytes).
 */
final class FrameReader {
    /** Who reads: it decides whether frames must or must not be masked. */
    enum Side {
        SERVER,
        CLIENT
    }

    /** Where what was read goes. */
    interface Sink {
        /** A piece of the byte stream; the callee owns it. */
        void data(ByteBuf piece);

        /** A whole ping; {@code payload} is valid during the call. */
        void ping(byte[] payload);

        /** The peer closes; nothing after it is read. {@code code} is 1005 when it gave none. */
        void closed(int code, String reason);
    }

    private static final int HEADER_BYTES_MAX = 14;
    private static final int OPCODE_FIRST_CONTROL = WebSocketRules.OPCODE_CLOSE;

    private final Side side;
    private final byte[] header = new byte[HEADER_BYTES_MAX];
    private int headerBytes;
    private byte[] control = new byte[0];
    private int controlBytes;
    private boolean inPayload;
    private int opcode;
    private boolean last;
    private boolean inMessage;
    private long messageBytes;
    private int left;
    private int key;
    private boolean closed;

    FrameReader(Side side) {
        this.side = side;
    }

    /** Reads all of {@code in}, which the caller keeps and which must be its alone to change. */
    void read(ByteBuf in, Sink sink) throws FrameViolation {
        while (in.isReadable() && !closed) {
            if (!inPayload) {
                collectHeader(in, sink);
            } else if (opcode >= OPCODE_FIRST_CONTROL) {
                collectControl(in, sink);
            } else {
                passData(in, sink);
            }
        }
    }

    private void collectHeader(ByteBuf in, Sink sink) throws FrameViolation {
        while (in.isReadable()) {
            header[headerBytes++] = in.readByte();
            if (headerBytes == 2) {
                checkStart();
            }
            if (headerBytes >= 2 && headerBytes == headerLength()) {
                headerBytes = 0;
                begin(sink);
                return;
            }
        }
    }

    private int headerLength() {
        int length = header[1] & 0x7f;
        int extended = length == 126 ? Short.BYTES : length == 127 ? Long.BYTES : 0;
        return 2 + extended + (side == Side.SERVER ? Integer.BYTES : 0);
    }

    /** Refuses what the first two bytes already show to be wrong. */
    private void checkStart() throws FrameViolation {
        int frameOpcode = header[0] & 0x0f;
        boolean masked = (header[1] & 0x80) != 0;
        if ((header[0] & 0x70) != 0) {
            throw violation("extension bits are set, but no extension was agreed");
        }
        if (masked != (side == Side.SERVER)) {
            throw violation(masked ? "a server must not mask its frames" : "a client must mask its frames");
        }
        switch (frameOpcode) {
            case WebSocketRules.OPCODE_BINARY -> require(!inMessage, "a message begins inside another one");
            case WebSocketRules.OPCODE_CONTINUATION -> require(inMessage, "a continuation follows no message");
            case WebSocketRules.OPCODE_TEXT ->
                throw new FrameViolation(WebSocketRules.CLOSE_UNSUPPORTED, "only binary messages carry gRPC");
            case WebSocketRules.OPCODE_CLOSE, WebSocketRules.OPCODE_PING, WebSocketRules.OPCODE_PONG -> {
                require((header[0] & 0x80) != 0, "a control frame is fragmented");
                require((header[1] & 0x7f) <= WebSocketRules.CONTROL_BYTES_MAX, "a control frame is too long");
            }
            default -> throw violation("frame type " + frameOpcode + " is unknown");
        }
    }

    private void begin(Sink sink) throws FrameViolation {
        opcode = header[0] & 0x0f;
        last = (header[0] & 0x80) != 0;
        long length = payloadLength();
        if (side == Side.SERVER) {
            key = intAt(headerLength() - Integer.BYTES);
        }
        if (opcode >= OPCODE_FIRST_CONTROL) {
            control = new byte[(int) length];
            controlBytes = 0;
        } else {
            inMessage = true;
            messageBytes += length;
            if (length < 0 || messageBytes > WebSocketRules.MESSAGE_BYTES_MAX) {
                throw new FrameViolation(
                        WebSocketRules.CLOSE_TOO_BIG,
                        "a message is longer than " + WebSocketRules.MESSAGE_BYTES_MAX + " bytes");
            }
        }
        left = (int) length;
        inPayload = true;
        if (left == 0) {
            end(sink);
        }
    }

    private long payloadLength() {
        int length = header[1] & 0x7f;
        return switch (length) {
            case 126 -> ((header[2] & 0xff) << 8) | (header[3] & 0xff);
            case 127 -> ((long) intAt(2) << Integer.SIZE) | (intAt(6) & 0xffff_ffffL);
            default -> length;
        };
    }

    private int intAt(int index) {
        return ((header[index] & 0xff) << 24)
                | ((header[index + 1] & 0xff) << 16)
                | ((header[index + 2] & 0xff) << 8)
                | (header[index + 3] & 0xff);
    }

    private void passData(ByteBuf in, Sink sink) {
        int length = Math.min(left, in.readableBytes());
        if (side == Side.SERVER) {
            Mask.inPlace(in, length, key);
            key = Mask.rotated(key, length);
        }
        left -= length;
        sink.data(in.readRetainedSlice(length));
        if (left == 0) {
            end(sink);
        }
    }

    private void collectControl(ByteBuf in, Sink sink) {
        int length = Math.min(left, in.readableBytes());
        in.readBytes(control, controlBytes, length);
        controlBytes += length;
        left -= length;
        if (left == 0) {
            if (side == Side.SERVER) {
                for (int i = 0; i < control.length; i++) {
                    control[i] ^= (byte) (Mask.rotated(key, i) >>> 24);
                }
            }
            end(sink);
        }
    }

    /** A frame's last byte has been read. */
    private void end(Sink sink) {
        inPayload = false;
        switch (opcode) {
            case WebSocketRules.OPCODE_PING -> sink.ping(control);
            case WebSocketRules.OPCODE_CLOSE -> {
                closed = true;
                int code = control.length < 2 ? CloseReason.ABSENT : ((control[0] & 0xff) << 8) | (control[1] & 0xff);
                sink.closed(code, CloseReason.read(control));
            }
            case WebSocketRules.OPCODE_PONG -> {}
            default -> {
                if (last) {
                    inMessage = false;
                    messageBytes = 0;
                }
            }
        }
    }

    private static void require(boolean kept, String broken) throws FrameViolation {
        if (!kept) {
            throw violation(broken);
        }
    }

    private static FrameViolation violation(String message) {
        return new FrameViolation(WebSocketRules.CLOSE_PROTOCOL_ERROR, message);
    }
}
