package io.fairlead.base.log;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.slf4j.event.Level;

/** Writes entries for a person at a terminal; control characters that could drive it are taken out. */
final class TextLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    private TextLines() {}

    static String line(LogEntry entry) {
        StringBuilder out = new StringBuilder(120);
        out.append(TIME.format(entry.time())).append(' ');
        out.append(String.format(Locale.ROOT, "%-5s", entry.level()));
        out.append(' ').append(entry.message());
        entry.values()
                .forEach((key, value) -> out.append(' ').append(key).append('=').append(value));
        Throwable error = entry.error();
        if (error == null) {
            return printable(out);
        }
        String line = printable(out.append(": ").append(error));
        boolean serious = entry.level() == Level.ERROR;
        return serious ? line + "\n" + JsonLines.stack(error).stripTrailing() : line;
    }

    private static String printable(CharSequence text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length() && i < JsonLines.TEXT_MAX; i++) {
            char c = text.charAt(i);
            out.append(Character.isISOControl(c) ? ' ' : c);
        }
        return out.toString();
    }
}
