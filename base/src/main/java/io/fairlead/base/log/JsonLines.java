package io.fairlead.base.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.slf4j.event.Level;

/** Writes entries as one JSON object a line, keys as in GitLab's kas: time, level, logger, msg, error, then the values. */
final class JsonLines {
    /** A longer text is cut, in characters: one entry must not fill the disk. */
    static final int TEXT_MAX = 16_384;

    private JsonLines() {}

    static String line(LogEntry entry) {
        StringBuilder out = new StringBuilder(200);
        out.append("{\"time\":\"");
        time(out, entry.time());
        out.append('"');
        out.append(",\"level\":\"").append(entry.level().name().toLowerCase(Locale.ROOT));
        out.append("\",\"logger\":");
        quote(out, entry.logger());
        out.append(",\"msg\":");
        quote(out, entry.message());
        Throwable error = entry.error();
        if (error != null) {
            out.append(",\"error\":");
            quote(out, error.toString());
            // A warning tells what is odd; where it was noticed matters only when something is broken.
            if (entry.level() == Level.ERROR) {
                out.append(",\"stack\":");
                quote(out, stack(error));
            }
        }
        entry.values().forEach((key, value) -> {
            out.append(',');
            quote(out, key);
            out.append(':');
            if (value instanceof Number || value instanceof Boolean) {
                out.append(value);
            } else {
                quote(out, String.valueOf(value));
            }
        });
        return out.append('}').toString();
    }

    static String stack(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** RFC 3339 with milliseconds. By hand, because a formatter brings some 80 classes into every agent for this alone. */
    private static void time(StringBuilder out, Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        digits(out, time.getYear(), 4);
        digits(out.append('-'), time.getMonthValue(), 2);
        digits(out.append('-'), time.getDayOfMonth(), 2);
        digits(out.append('T'), time.getHour(), 2);
        digits(out.append(':'), time.getMinute(), 2);
        digits(out.append(':'), time.getSecond(), 2);
        digits(out.append('.'), time.getNano() / 1_000_000, 3);
        out.append('Z');
    }

    private static void digits(StringBuilder out, int number, int width) {
        String text = Integer.toString(number);
        out.repeat('0', Math.max(0, width - text.length())).append(text);
    }

    private static void quote(StringBuilder out, String text) {
        out.append('"');
        int end = Math.min(text.length(), TEXT_MAX);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f || Character.isSurrogate(c) && !paired(text, i)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        if (end < text.length()) {
            out.append("... ").append(text.length() - end).append(" characters cut");
        }
        out.append('"');
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
