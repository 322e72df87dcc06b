package io.fairlead.base.metrics;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.config.ListenAddress;
import io.fairlead.base.log.LogLevels;
import java.net.InetSocketAddress;
import org.slf4j.event.Level;

/** The keys below {@code observability}. */
public record ObservabilityKeys(ObservabilityConfig listener, LogLevels levels) {
    /** GitLab's names of levels. */
    private enum LogLevel {
        INFO(Level.INFO),
        DEBUG(Level.DEBUG),
        WARN(Level.WARN),
        ERROR(Level.ERROR);

        private final Level level;

        LogLevel(Level level) {
            this.level = level;
        }
    }

    /** Reads them for a process whose metrics are at {@code defaultAddress} unless it is told otherwise. */
    public static ObservabilityKeys read(ConfigSection section, String defaultAddress) {
        section.unused("usage_reporting_period", "usage is counted by the metrics");
        section.unused("tracing", "traces are not part of Fairlead yet");
        section.unused("sentry", "errors go to the log");
        section.unused("google_profiler", "it profiles Go programs");
        ConfigSection listen = section.section("listen");
        InetSocketAddress address = ListenAddress.read(listen, defaultAddress);
        listen.unused("certificate_file", "metrics and probes are served in clear text");
        listen.unused("key_file", "metrics and probes are served in clear text");
        ConfigSection logging = section.section("logging");
        return new ObservabilityKeys(
                new ObservabilityConfig(
                        address,
                        path(section.section("prometheus"), "/metrics"),
                        path(section.section("liveness_probe"), "/liveness"),
                        path(section.section("readiness_probe"), "/readiness")),
                LogLevels.of(
                        logging.choice("level", LogLevel.INFO).level,
                        logging.choice("grpc_level", LogLevel.ERROR).level));
    }

    private static String path(ConfigSection section, String fallback) {
        String path = section.string("url_path", fallback);
        if (!path.startsWith("/")) {
            section.problem("url_path", "url_path must begin with a slash, but is \"" + path + "\"");
            return fallback;
        }
        return path;
    }
}
