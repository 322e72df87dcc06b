package io.fairlead.base.log;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.slf4j.event.Level;

/**
 * Where all log lines of a process go, and which. Before {@link #configure} the standard holds: info and above (errors
 * alone of the libraries below gRPC) to standard error.
 *
 * <p>What is logged holds no secret: types that hold one hide it in {@code toString}.
 */
public final class Logging {
    private record Settings(LogFormat format, PrintStream out, LogLevels levels, Clock clock) {}

    // Replaced whole by configure and levels, read by every thread that logs.
    private static volatile Settings settings =
            new Settings(LogFormat.automatic(), System.err, LogLevels.of(Level.INFO, Level.ERROR), Clock.systemUTC());

    private Logging() {}

    /** Sets format and levels, and takes over what libraries write to {@code java.util.logging}. */
    public static void configure(LogFormat format, LogLevels levels) {
        settings = new Settings(format, System.err, levels, settings.clock());
        JulBridge.install(levels);
    }

    /** The levels in force. */
    public static LogLevels levels() {
        return settings.levels();
    }

    /** Changes the levels at run time. */
    public static void levels(LogLevels levels) {
        Settings now = settings;
        settings = new Settings(now.format(), now.out(), levels, now.clock());
        JulBridge.install(levels);
    }

    /** Sends lines elsewhere; for tests of what is logged. */
    public static void output(LogFormat format, PrintStream out, Clock clock) {
        settings = new Settings(format, out, settings.levels(), clock);
    }

    static Clock clock() {
        return settings.clock();
    }

    static boolean enabled(String logger, Level level) {
        return level.toInt() >= settings.levels().of(logger).toInt();
    }

    static void write(LogEntry entry) {
        Settings now = settings;
        String line = switch (now.format()) {
            case JSON -> JsonLines.line(entry);
            case TEXT -> TextLines.line(entry);
        };
        // One write a line, so that lines of several threads do not mix.
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        now.out().write(bytes, 0, bytes.length);
        now.out().flush();
    }
}
