package io.fairlead.apps.forge;

import io.fairlead.store.postgresql.PostgresqlConfig;
import io.fairlead.store.postgresql.SslMode;
import io.fairlead.testing.postgresql.PostgresqlServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which database forges of tests have: SQLite, or with {@code -Dfairlead.test.database=postgresql} one of its own in a
 * PostgreSQL that this JVM starts. The tests tagged {@link #BOTH} run with each.
 */
final class TestDatabase {
    /** The tag of tests that are run with every database: those whose subject is what is kept. */
    static final String BOTH = "both-databases";

    private static final boolean SERVER = "postgresql".equals(System.getProperty("fairlead.test.database"));

    /** A forge that is started again with its folder has the same database again. */
    private static final Map<Path, String> NAMES = new ConcurrentHashMap<>();

    private TestDatabase() {}

    static boolean embedded() {
        return !SERVER;
    }

    static ForgeConfig chosen(ForgeConfig config) {
        return SERVER && config.database() instanceof DatabaseKeys.Sqlite
                ? config.withDatabase(on(PostgresqlServer.shared(), config.dataDir()))
                : config;
    }

    static DatabaseKeys on(PostgresqlServer server, Path dataDir) {
        return new DatabaseKeys.Postgresql(new PostgresqlConfig(
                server.host(),
                server.port(),
                NAMES.computeIfAbsent(dataDir, folder -> server.freshDatabase()),
                PostgresqlServer.USER,
                Optional.of(server.passwordFile()),
                SslMode.PREFER,
                Optional.empty(),
                PostgresqlConfig.POOL_SIZE));
    }
}
