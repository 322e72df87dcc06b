package io.fairlead.forge.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers. */
public sealed interface Reply {
    int status();

    /** Additional headers by name. */
    Map<String, String> headers();

    /** A value written as JSON. */
    record Json(int status, Map<String, String> headers, Object value) implements Reply {}

    /** A body that is made already. */
    record Bytes(int status, Map<String, String> headers, String contentType, byte[] body) implements Reply {}

    /** Nothing but a status. */
    record Empty(int status, Map<String, String> headers) implements Reply {}

    record Text(int status, Map<String, String> headers, String contentType, String text) implements Reply {}

    /** A body that is written piece by piece while it is made. */
    record Stream(int status, Map<String, String> headers, String contentType, Body body) implements Reply {}

    /** Writes a body. Called once, on the request's own thread; a failure after the first byte breaks the connection. */
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    static Reply ok(Object value) {
        return new Json(200, Map.of(), value);
    }

    static Reply created(Object value) {
        return new Json(201, Map.of(), value);
    }

    /** The work is done, or will be, and there is nothing to show. */
    static Reply accepted(String message) {
        return new Json(202, Map.of(), Map.of("message", message));
    }

    static Reply noContent() {
        return new Empty(204, Map.of());
    }

    static Reply stream(String contentType, Body body) {
        return new Stream(200, Map.of(), contentType, body);
    }

    /** The same answer with more headers. */
    default Reply with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers());
        all.putAll(more);
        return switch (this) {
            case Json json -> new Json(json.status, all, json.value);
            case Bytes bytes -> new Bytes(bytes.status, all, bytes.contentType, bytes.body);
            case Empty empty -> new Empty(empty.status, all);
            case Text text -> new Text(text.status, all, text.contentType, text.text);
            case Stream stream -> new Stream(stream.status, all, stream.contentType, stream.body);
        };
    }
}
