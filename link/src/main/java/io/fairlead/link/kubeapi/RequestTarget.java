package io.fairlead.link.kubeapi;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request target taken apart once, so that what is decided on and what is forwarded are the same.
 *
 * <p>The wire of the originals carries the decoded path and query; the agent encodes them again. That is lossless for most
 * targets. Where it is not, {@code raw} must travel as well.
 *
 * @param raw the target as the client sent it, without the proxy's prefix
 * @param path the decoded path
 * @param query decoded names and values, in the order they came
 * @param exact encoding {@code path} and {@code query} again gives {@code raw}
 * @param ambiguous encoding them again gives something that means another thing (an encoded slash became a real one)
 */
public record RequestTarget(
        String raw, String path, Map<String, List<String>> query, boolean exact, boolean ambiguous) {
    /** A target that is refused, with the reason for the client. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private static final String PATH_KEPT = "-_.~$&+,/:;=@";
    private static final String PCHAR_MORE = "!*'()";
    private static final String QUERY_KEPT = "-_.~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    /**
     * Takes {@code raw} apart.
     *
     * @throws Malformed when it is not a path that every reader understands the same way: dot segments, empty segments,
     *     control characters, or broken percent-encoding
     */
    public static RequestTarget parse(String raw) throws Malformed {
        int mark = raw.indexOf('?');
        String rawPath = mark < 0 ? raw : raw.substring(0, mark);
        String rawQuery = mark < 0 ? "" : raw.substring(mark + 1);
        boolean encodedSeparator = checkPath(rawPath);
        String path = rawPath.indexOf('%') < 0 ? rawPath : decode(rawPath, false);
        checkSegments(path);
        checkQuery(rawQuery);
        Map<String, List<String>> query = query(rawQuery);
        if (query == null) {
            return new RequestTarget(raw, path, Map.of(), false, true);
        }
        boolean exact = rawPath.equals(encode(path, PATH_KEPT, false))
                && (mark < 0 || !rawQuery.isEmpty())
                && rawQuery.equals(encodeQuery(query));
        return new RequestTarget(raw, path, query, exact, encodedSeparator);
    }

    /** This target without the query parameters called {@code names}. */
    public RequestTarget without(Set<String> names) {
        if (names.stream().noneMatch(query::containsKey)) {
            return this;
        }
        int mark = raw.indexOf('?');
        String rest = Arrays.stream(raw.substring(mark + 1).split("&", -1))
                .filter(pair -> !names.contains(name(pair)))
                .collect(Collectors.joining("&"));
        try {
            return parse(raw.substring(0, mark) + (rest.isEmpty() ? "" : "?" + rest));
        } catch (Malformed e) {
            throw new AssertionError("a part of a target that could be read cannot be", e);
        }
    }

    private static String name(String pair) {
        int equals = pair.indexOf('=');
        try {
            return decode(equals < 0 ? pair : pair.substring(0, equals), true);
        } catch (Malformed e) {
            return "";
        }
    }

    /** What an original agentk would send upstream for {@code path} and {@code query}. */
    public static String encode(String path, Map<String, List<String>> query) {
        String encoded = encode(path, PATH_KEPT, false);
        return query.isEmpty() ? encoded : encoded + "?" + encodeQuery(query);
    }

    private static boolean checkPath(String path) throws Malformed {
        if (!path.startsWith("/")) {
            throw new Malformed("the path must begin with a slash");
        }
        boolean separator = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                int octet = octet(path, i);
                if (octet < 0x20 || octet == 0x7f) {
                    throw new Malformed("the path holds a broken percent-encoding or an encoded control character");
                }
                separator |= octet == '/' || octet == '\\';
                i += 2;
            } else if (!alphanumeric(c) && PATH_KEPT.indexOf(c) < 0 && PCHAR_MORE.indexOf(c) < 0) {
                throw new Malformed("the path holds a character that must be percent-encoded");
            }
        }
        return separator;
    }

    private static void checkSegments(String path) throws Malformed {
        int start = 1;
        while (start <= path.length()) {
            int end = path.indexOf('/', start);
            boolean last = end < 0;
            int stop = last ? path.length() : end;
            int length = stop - start;
            if (length == 0 && !last) {
                throw new Malformed("the path holds an empty segment (two slashes in a row)");
            }
            if ((length == 1 && path.charAt(start) == '.')
                    || (length == 2 && path.charAt(start) == '.' && path.charAt(start + 1) == '.')) {
                throw new Malformed("the path holds a dot segment");
            }
            start = stop + 1;
        }
    }

    private static void checkQuery(String query) throws Malformed {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c <= 0x20 || c >= 0x7f || c == '#') {
                throw new Malformed("the query holds a character that must be percent-encoded");
            }
        }
    }

    /** Null when the query cannot be taken apart without loss. */
    private static @Nullable Map<String, List<String>> query(String raw) {
        if (raw.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (pair.isEmpty() || pair.indexOf(';') >= 0) {
                return null;
            }
            try {
                String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
                String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
                query.computeIfAbsent(name, any -> new ArrayList<>(1)).add(value);
            } catch (Malformed e) {
                return null;
            }
        }
        return query;
    }

    private static String encodeQuery(Map<String, List<String>> query) {
        StringBuilder encoded = new StringBuilder();
        Map<String, List<String>> sorted = query.size() > 1 ? new TreeMap<>(query) : query;
        sorted.forEach((name, values) -> {
            String key = encode(name, QUERY_KEPT, true);
            for (String value : values) {
                encoded.append(encoded.isEmpty() ? "" : "&")
                        .append(key)
                        .append('=')
                        .append(encode(value, QUERY_KEPT, true));
            }
        });
        return encoded.toString();
    }

    private static String encode(String text, String kept, boolean plusForSpace) {
        StringBuilder encoded = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean keep = alphanumeric(c) || kept.indexOf(c) >= 0;
            if (keep && encoded == null) {
                continue;
            }
            if (encoded == null) {
                encoded = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (keep) {
                encoded.append(c);
            } else if (c == ' ' && plusForSpace) {
                encoded.append('+');
            } else {
                int length = Character.isHighSurrogate(c) && i + 1 < text.length() ? 2 : 1;
                ByteBuffer octets = StandardCharsets.UTF_8.encode(CharBuffer.wrap(text, i, i + length));
                while (octets.hasRemaining()) {
                    byte octet = octets.get();
                    encoded.append('%').append(HEX[(octet >> 4) & 15]).append(HEX[octet & 15]);
                }
                i += length - 1;
            }
        }
        return encoded == null ? text : encoded.toString();
    }

    private static String decode(String text, boolean plusIsSpace) throws Malformed {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
            return text;
        }
        byte[] octets = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int octet = octet(text, i);
                if (octet < 0) {
                    throw new Malformed("the target holds a broken percent-encoding");
                }
                octets[length++] = (byte) octet;
                i += 2;
            } else {
                octets[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(octets, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("the target's percent-encoding is not UTF-8");
        }
    }

    /** The octet that the percent sign at {@code at} begins, or -1. */
    private static int octet(String text, int at) {
        if (at + 2 >= text.length()) {
            return -1;
        }
        int high = Character.digit(text.charAt(at + 1), 16);
        int low = Character.digit(text.charAt(at + 2), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
