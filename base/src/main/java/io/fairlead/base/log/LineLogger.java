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

    /** Libraries ask several times a request whether to say something: the answer changes with the levels alone. */
    private record Known(LogLevels levels, Level least) {}

    private transient volatile @Nullable Known known;

    LineLogger(String name) {
        this.name = name;
    }

    private boolean enabled(Level level) {
        LogLevels levels = Logging.levels();
        Known last = known;
        if (last == null || !last.levels.equals(levels)) {
            last = new Known(levels, levels.of(name));
            known = last;
        }
        return level.toInt() >= last.least.toInt();
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
        return enabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return enabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return enabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return enabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return enabled(Level.ERROR);
    }

    private void write(
            Level level, String message, Object[] arguments, @Nullable Throwable error, Map<String, Object> values) {
        String text = MessageFormatter.basicArrayFormat(message, arguments);
        Instant now = Logging.clock().instant();
        Logging.write(new LogEntry(now, level, name, text == null ? "" : text, error, values));
    }
}
