package io.fairlead.forge.audit;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which records are asked for. Looks at the line and not at what it means, for speed: kas escapes every quote within a text, so
 * that {@code "user":"dana"} can only be that key with that value.
 */
final class AuditFilter {
    private static final String TIME = "{\"time\":\"";

    private final List<String> parts = new ArrayList<>();
    private final Optional<Instant> since;
    private final Optional<Instant> until;

    AuditFilter(Optional<Instant> since, Optional<Instant> until) {
        this.since = since;
        this.until = until;
    }

    /** Only those whose {@code key} is this text, which has nothing that would be escaped. */
    AuditFilter text(String key, Optional<String> value) {
        value.ifPresent(text -> parts.add("\"" + key + "\":\"" + text + "\""));
        return this;
    }

    AuditFilter number(String key, OptionalLong value) {
        value.ifPresent(number -> parts.add("\"" + key + "\":" + number + ","));
        return this;
    }

    /** The earliest that is asked for. */
    Optional<Instant> since() {
        return since;
    }

    boolean matches(String line) {
        for (String part : parts) {
            if (!line.contains(part)) {
                return false;
            }
        }
        if (since.isEmpty() && until.isEmpty()) {
            return true;
        }
        Instant time = time(line);
        return since.filter(time::isBefore).isEmpty()
                && until.filter(end -> !time.isBefore(end)).isEmpty();
    }

    /** Whether nothing is asked for that came at this time or later. */
    boolean endsBefore(String time) {
        try {
            return until.isPresent() && !Instant.parse(time).isBefore(until.get());
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** As it stands in the line; empty when there is none. */
    static String timeText(String line) {
        int end = line.startsWith(TIME) ? line.indexOf('"', TIME.length()) : -1;
        return end < 0 ? "" : line.substring(TIME.length(), end);
    }

    private static Instant time(String line) {
        try {
            return line.startsWith(TIME)
                    ? Instant.parse(line.substring(TIME.length(), line.indexOf('"', TIME.length())))
                    : Instant.EPOCH;
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
