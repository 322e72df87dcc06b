package io.fairlead.forge.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Percent-encoding of URLs, strict: what does not decode to printable UTF-8 is refused, not guessed. */
public final class Percent {
    private Percent() {}

    /** One decoding; empty when an escape is broken, the bytes are no UTF-8, or a control character appears. */
    public static Optional<String> decode(String raw) {
        return decode(raw, false);
    }

    /** As {@link #decode(String)}, with {@code +} for a blank as in queries and forms. */
    public static Optional<String> decodeForm(String raw) {
        return decode(raw, true);
    }

    private static Optional<String> decode(String raw, boolean form) {
        byte[] in = raw.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int length = 0;
        for (int i = 0; i < in.length; i++) {
            byte b = in[i];
            if (b == '%') {
                int high = i + 2 <= in.length - 1 ? Character.digit(in[i + 1], 16) : -1;
                int low = i + 2 <= in.length - 1 ? Character.digit(in[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                b = (byte) (high << 4 | low);
                i += 2;
            } else if (form && b == '+') {
                b = ' ';
            }
            if ((b & 0xff) < 0x20 && !(form && (b == '\n' || b == '\r' || b == '\t'))) {
                return Optional.empty();
            }
            out[length++] = b;
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(out, 0, length))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Encodes everything outside letters, digits and {@code -._~}, so that the result is one path segment. */
    public static String encodeSegment(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%').append(String.format("%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
