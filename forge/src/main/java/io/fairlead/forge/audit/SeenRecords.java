package io.fairlead.forge.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which records have come, by the last number of each kas: each numbers its own and brings them in order, so what is not above
 * that has come before, and its answer was lost. Not for several threads at once.
 */
final class SeenRecords {
    /** Each start of a kas is another; the one that was silent for longest is forgotten. */
    private static final int MAX = 1_000;

    private static final Pattern ID = Pattern.compile("\"id\":\"(?<kas>[0-9a-f]{1,32})-(?<number>[0-9]{1,18})\"");

    private final Map<String, Long> last = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX;
        }
    };

    private record Id(String kas, long number) {
        /** Before any text of a client's, so that nobody writes one. */
        static Optional<Id> of(String line) {
            Matcher id = ID.matcher(line.substring(0, Math.min(line.length(), 120)));
            return id.find()
                    ? Optional.of(new Id(id.group("kas"), Long.parseLong(id.group("number"))))
                    : Optional.empty();
        }
    }

    /** Remembers a line that is there. */
    void saw(String line) {
        Id.of(line).ifPresent(id -> last.merge(id.kas, id.number, Math::max));
    }

    /** Those of these lines that have not come yet, a line without a number among them. */
    byte[] fresh(byte[] lines) {
        ByteArrayOutputStream fresh = new ByteArrayOutputStream(lines.length);
        new String(lines, StandardCharsets.US_ASCII).lines().forEach(line -> {
            Optional<Id> id = Id.of(line);
            if (id.filter(known -> known.number <= last.getOrDefault(known.kas, 0L))
                    .isEmpty()) {
                fresh.writeBytes((line + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        });
        return fresh.toByteArray();
    }

    /** They are kept now. */
    void kept(byte[] lines) {
        new String(lines, StandardCharsets.US_ASCII).lines().forEach(this::saw);
    }
}
