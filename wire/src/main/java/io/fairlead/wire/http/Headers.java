package io.fairlead.wire.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Header fields in the order they came; names compare without case. Not safe for use by several threads at once. */
public final class Headers {
    private final HttpHeaders fields;

    private Headers(HttpHeaders fields) {
        this.fields = fields;
    }

    public static Headers empty() {
        return new Headers(DefaultHttpHeadersFactory.headersFactory().newHeaders());
    }

    static Headers of(HttpHeaders fields) {
        return new Headers(fields);
    }

    HttpHeaders netty() {
        return fields;
    }

    public Optional<String> first(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    public List<String> all(String name) {
        return fields.getAll(name);
    }

    public boolean contains(String name) {
        return fields.contains(name);
    }

    /** Whether a field of this name lists {@code token} among its comma-separated values, without case. */
    public boolean lists(String name, String token) {
        return fields.containsValue(name, token, true);
    }

    /**
     * Adds a field.
     *
     * @throws IllegalArgumentException when the name or value holds characters that may not travel (such as a line end)
     */
    public Headers add(String name, String value) {
        fields.add(name, value);
        return this;
    }

    public Headers set(String name, String value) {
        fields.set(name, value);
        return this;
    }

    public Headers remove(String name) {
        fields.remove(name);
        return this;
    }

    public void forEach(BiConsumer<String, String> field) {
        Iterator<Map.Entry<CharSequence, CharSequence>> all = fields.iteratorCharSequence();
        while (all.hasNext()) {
            Map.Entry<CharSequence, CharSequence> entry = all.next();
            field.accept(entry.getKey().toString(), entry.getValue().toString());
        }
    }

    public Headers copy() {
        return new Headers(fields.copy());
    }

    @Override
    public String toString() {
        // Values may be credentials.
        return "Headers" + fields.names();
    }
}
