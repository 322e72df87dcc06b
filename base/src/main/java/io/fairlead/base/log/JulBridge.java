package io.fairlead.base.log;

import java.text.MessageFormat;
import java.time.Instant;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Takes over {@code java.util.logging}, where gRPC and the JDK write. */
final class JulBridge extends Handler {
    private JulBridge() {}

    /** Becomes the only handler, and lets JUL drop early what {@code levels} would drop anyway. */
    static synchronized void install(LogLevels levels) {
        Logger root = Logger.getLogger("");
        boolean present = false;
        for (Handler handler : root.getHandlers()) {
            if (handler instanceof JulBridge) {
                present = true;
            } else {
                root.removeHandler(handler);
            }
        }
        if (!present) {
            root.addHandler(new JulBridge());
        }
        org.slf4j.event.Level least = levels.standard();
        for (org.slf4j.event.Level level : levels.byPrefix().values()) {
            least = level.toInt() < least.toInt() ? level : least;
        }
        root.setLevel(jul(least));
    }

    @Override
    public void publish(LogRecord record) {
        String logger = record.getLoggerName() == null ? "java" : record.getLoggerName();
        org.slf4j.event.Level level = slf4j(record.getLevel());
        if (Logging.enabled(logger, level)) {
            Instant time = record.getInstant();
            Logging.write(new LogEntry(time, level, logger, message(record), record.getThrown(), Map.of()));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    private static String message(LogRecord record) {
        String text = record.getMessage() == null ? "" : record.getMessage();
        @Nullable Object @Nullable [] parameters = record.getParameters();
        if (parameters == null || parameters.length == 0) {
            return text;
        }
        try {
            return MessageFormat.format(text, parameters);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static org.slf4j.event.Level slf4j(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        if (value >= Level.INFO.intValue()) {
            return org.slf4j.event.Level.INFO;
        }
        return value >= Level.FINE.intValue() ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }

    private static Level jul(org.slf4j.event.Level level) {
        return switch (level) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
            case TRACE -> Level.FINEST;
        };
    }
}
