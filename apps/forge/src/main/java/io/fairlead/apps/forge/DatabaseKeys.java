package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.store.postgresql.PostgresqlConfig;
import io.fairlead.store.postgresql.SslMode;
import java.util.Optional;

/** The keys below {@code database}, which the server and the forge share. Names are those of GitLab's {@code database.yml}. */
public sealed interface DatabaseKeys {
    /** A file in the data folder. */
    record Sqlite() implements DatabaseKeys {}

    /** A server of its own. */
    record Postgresql(PostgresqlConfig config) implements DatabaseKeys {}

    /** How {@code database.adapter} is written. */
    enum Adapter {
        SQLITE,
        POSTGRESQL
    }

    int POOL_MAX = 500;

    static DatabaseKeys read(ConfigSection root) {
        ConfigSection keys = root.section("database");
        Adapter adapter = keys.choice("adapter", Adapter.SQLITE);
        String host = keys.string("host", "127.0.0.1");
        PostgresqlConfig server = new PostgresqlConfig(
                host,
                keys.integer("port", PostgresqlConfig.PORT, 1, 65_535),
                keys.string("database", "fairlead"),
                keys.string("username", "fairlead"),
                keys.path("password_file", false),
                sslMode(keys, host),
                keys.path("sslrootcert", false),
                keys.integer("pool", PostgresqlConfig.POOL_SIZE, 1, POOL_MAX));
        return switch (adapter) {
            case POSTGRESQL -> new Postgresql(server);
            case SQLITE -> {
                refuseWithoutEffect(keys);
                yield new Sqlite();
            }
        };
    }

    /** Nobody sits between a machine and itself; everywhere else the server must prove who it is. */
    private static SslMode sslMode(ConfigSection keys, String host) {
        boolean here = host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
        SslMode standard = here ? SslMode.PREFER : SslMode.VERIFY_FULL;
        String text = keys.string("sslmode", standard.text());
        Optional<SslMode> mode = SslMode.of(text);
        if (mode.isEmpty()) {
            keys.problem(
                    "sslmode",
                    "database.sslmode must be one of " + String.join(", ", SslMode.texts()) + ", but is \"" + text
                            + "\"");
        }
        return mode.orElse(standard);
    }

    /** Whoever names a host believes that it is used. */
    private static void refuseWithoutEffect(ConfigSection keys) {
        for (String key : new String[] {"host", "database", "username", "password_file"}) {
            if (keys.has(key)) {
                keys.problem(
                        key,
                        "database." + key + " has no effect while database.adapter is sqlite; set database.adapter to"
                                + " postgresql");
            }
        }
    }
}
