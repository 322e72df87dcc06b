package io.fairlead.wire.grpc.ws;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What RFC 6455 and kas fix for both sides of a gRPC WebSocket. */
final class WebSocketRules {
    static final String SUBPROTOCOL = "ws-tunnel";
    static final String VERSION = "13";

    /** kas reads no longer messages; neither do we. */
    static final int MESSAGE_BYTES_MAX = 10 * 1024 * 1024;

    /** Of a control frame's payload, by RFC 6455 section 5.5. */
    static final int CONTROL_BYTES_MAX = 125;

    static final int OPCODE_CONTINUATION = 0;
    static final int OPCODE_TEXT = 1;
    static final int OPCODE_BINARY = 2;
    static final int OPCODE_CLOSE = 8;
    static final int OPCODE_PING = 9;
    static final int OPCODE_PONG = 10;

    static final int CLOSE_NORMAL = 1000;
    static final int CLOSE_GOING_AWAY = 1001;
    static final int CLOSE_PROTOCOL_ERROR = 1002;
    static final int CLOSE_UNSUPPORTED = 1003;
    static final int CLOSE_TOO_BIG = 1009;

    private static final String HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private WebSocketRules() {}

    /** The value of {@code Sec-WebSocket-Accept} that answers {@code key}. */
    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + HANDSHAKE_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
