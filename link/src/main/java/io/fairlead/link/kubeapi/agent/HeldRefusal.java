package io.fairlead.link.kubeapi.agent;

import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/** A refusal of the API server that is kept back until it is explained. Belongs to its exchange's event loop. */
final class HeldRefusal {
    /** A Status has some 400 bytes; what is larger is something else. */
    private static final int BYTES_MAX = 16 * 1024;

    private static final int FORBIDDEN = 403;

    private final ResponseHead head;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(1024);

    HeldRefusal(ResponseHead head) {
        this.head = head;
    }

    /** Whether {@code head} can be that of a small Status in JSON. All else passes as it comes. */
    static boolean holds(String method, ResponseHead head) {
        if (head.status() != FORBIDDEN || method.equals("HEAD")) {
            return false;
        }
        Headers headers = head.headers();
        List<String> lengths = headers.all("Content-Length");
        String type = headers.first("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return lengths.size() == 1
                && lengths.getFirst().matches("[1-9][0-9]{0,4}")
                && Integer.parseInt(lengths.getFirst()) <= BYTES_MAX
                && (type.equals("application/json") || type.startsWith("application/json;"))
                && !headers.contains("Content-Encoding");
    }

    /** Takes ownership of {@code data}. */
    void add(ByteBuf data) {
        try {
            data.readBytes(body, data.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            data.release();
        }
    }

    byte[] body() {
        return body.toByteArray();
    }

    /** The same head, before another body. */
    ResponseHead before(byte[] other) {
        return new ResponseHead(
                head.status(),
                head.reason(),
                head.headers().copy().set("Content-Length", Integer.toString(other.length)));
    }
}
