package io.fairlead.forge.api;

import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request as it came from the wire: nothing decoded, nothing normalised.
 *
 * @param method in capital letters
 * @param rawPath begins with a slash, without the query
 * @param rawQuery without the question mark, empty when there is none
 * @param headers by lower-case name
 * @param address from where it comes: an IPv4 address, or an IPv6 network of 64 bits
 * @param body not yet read; its end is the end of the message
 */
public record Request(
        String method,
        String rawPath,
        String rawQuery,
        Map<String, List<String>> headers,
        String address,
        InputStream body) {
    /** The only value of a header; nothing when it is absent or given more than once. */
    public Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    /** How often a header was given. */
    public int headerCount(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).size();
    }

    /** The media type of the body in lower case, without parameters; empty when none was given. */
    public String mediaType() {
        String type = header("content-type").orElse("");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
    }
}
