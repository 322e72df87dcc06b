package io.fairlead.forge.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which records have come, by the last number of each kas: each numbers its own and brings them in order, so what is not above
 * that has come before, and its answer was lost. Not for several threads at once.
 */
final class SeenRecords {
    /** Each start of a kas is another; the one that was silent for longest is forgotten. */
    private static final int MAX = 1_000;

    /** An id stands before any text of a client's, so that nobody writes one. */
    private static final int ID_WITHIN = 120;

    private static final byte[] KEY = "\"id\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int KAS_LENGTH_MAX = 32;
    private static final int DIGITS_MAX = 18;

    private final Map<String, Long> last = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX;
        }
    };

    private record Id(String kas, long number) {}

    /** Remembers a line that is there. */
    void saw(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        saw(id(bytes, 0, bytes.length));
    }

    private void saw(@Nullable Id id) {
        if (id != null) {
            last.merge(id.kas, id.number, Math::max);
        }
    }

    /** Those of these lines that have not come yet, a line without a number among them. */
    byte[] fresh(byte[] lines) {
        ByteArrayOutputStream fresh = null;
        for (int from = 0; from < lines.length; ) {
            int end = end(lines, from);
            Id id = id(lines, from, end);
            boolean known = id != null && id.number <= last.getOrDefault(id.kas, 0L);
            if (known && fresh == null) {
                fresh = new ByteArrayOutputStream(lines.length);
                fresh.write(lines, 0, from);
            } else if (!known && fresh != null) {
                fresh.write(lines, from, end - from);
            }
            from = end;
        }
        return fresh == null ? lines : fresh.toByteArray();
    }

    /** They are kept now. */
    void kept(byte[] lines) {
        for (int from = 0; from < lines.length; ) {
            int end = end(lines, from);
            saw(id(lines, from, end));
            from = end;
        }
    }

    /** After the line's end. */
    private static int end(byte[] lines, int from) {
        int at = from;
        while (at < lines.length && lines[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, lines.length);
    }

    /** Without texts and patterns: thousands of lines may come each second. */
    private static @Nullable Id id(byte[] bytes, int from, int to) {
        int until = Math.min(to, from + ID_WITHIN);
        for (int at = from; at + KEY.length < until; at++) {
            if (bytes[at] == '"' && Arrays.equals(bytes, at, at + KEY.length, KEY, 0, KEY.length)) {
                Id found = value(bytes, at + KEY.length, until);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static boolean isHex(byte b) {
        return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'f');
    }

    /** {@code KAS-NUMBER"}. */
    private static @Nullable Id value(byte[] bytes, int from, int until) {
        int dash = from;
        while (dash < until && dash - from <= KAS_LENGTH_MAX && isHex(bytes[dash])) {
            dash++;
        }
        if (dash == from || dash - from > KAS_LENGTH_MAX || dash == until || bytes[dash] != '-') {
            return null;
        }
        long number = 0;
        int at = dash + 1;
        while (at < until && at - dash <= DIGITS_MAX && bytes[at] >= '0' && bytes[at] <= '9') {
            number = 10 * number + (bytes[at] - '0');
            at++;
        }
        boolean whole = at > dash + 1 && at < until && bytes[at] == '"';
        return whole ? new Id(new String(bytes, from, dash - from, StandardCharsets.US_ASCII), number) : null;
    }
}
