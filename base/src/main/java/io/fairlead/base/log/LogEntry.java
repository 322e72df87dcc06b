package io.fairlead.base.log;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** One thing that was logged, before it becomes a line. */
record LogEntry(
        Instant time,
        Level level,
        String logger,
        String message,
        @Nullable Throwable error,
        Map<String, Object> values) {}
