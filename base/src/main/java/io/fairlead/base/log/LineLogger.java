package io.fairlead.base.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;
import org.slf4j.event.LoggingEvent;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.LoggingEventAware;

/** An SLF4J logger whose events become lines of {@link Logging}. */
@NullUnmarked // SLF4J's own signatures carry no nullness.
final class LineLogger extends LegacyAbstractLogger implements LoggingEventAware {
    private static final long serialVersionUID = 1;

    LineLogger(String name) {
        this.name = name;
    }

    @Override
    public void log(LoggingEvent event) {
        Map<String, Object> values = new LinkedHashMap<>();
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> values.put(pair.key, pair.value));
        }
        write(event.getLevel(), event.getMessage(), event.getArgumentArray(), event.getThrowable(), values);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            Level level, Marker marker, String message, Object[] arguments, Throwable error) {
        write(level, message, arguments, error, Map.of());
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return Logging.enabled(name, Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return Logging.enabled(name, Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return Logging.enabled(name, Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return Logging.enabled(name, Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return Logging.enabled(name, Level.ERROR);
    }

    private void write(
            Level level, String message, Object[] arguments, @Nullable Throwable error, Map<String, Object> values) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        Instant now = Logging.clock().instant();
        Logging.write(new LogEntry(now, level, name, text == null ? "" : text, error, values));
    }
}
