package io.fairlead.base.log;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.event.Level;

/**
 * The least level each logger writes: the one set for the longest prefix of its name, else the standard one. Immutable; a
 * change at run time is a new value given to {@link Logging#levels}.
 */
public record LogLevels(Level standard, Map<String, Level> byPrefix) {
    public LogLevels {
        byPrefix = Map.copyOf(byPrefix);
    }

    /** The same as GitLab's: {@code standard} for ours, {@code grpc} for the libraries below. */
    public static LogLevels of(Level standard, Level grpc) {
        return new LogLevels(
                standard,
                Map.of(
                        "io.grpc", grpc,
                        "io.netty", grpc,
                        "org.eclipse", grpc,
                        "org.apache.sshd", grpc,
                        "com.zaxxer.hikari", grpc,
                        "org.postgresql", grpc));
    }

    /** These levels with {@code level} for {@code prefix} and what is below it. */
    public LogLevels with(String prefix, Level level) {
        Map<String, Level> changed = new TreeMap<>(byPrefix);
        changed.put(prefix, level);
        return new LogLevels(standard, changed);
    }

    /** The least level that a logger of this name writes. */
    public Level of(String logger) {
        for (String name = logger; !name.isEmpty(); name = parent(name)) {
            Level level = byPrefix.get(name);
            if (level != null) {
                return level;
            }
        }
        return standard;
    }

    private static String parent(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(0, dot);
    }
}
