package io.fairlead.store;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.forge.database.Database;
import io.fairlead.store.migration.Migrator;
import io.fairlead.store.postgresql.PostgresqlConfig;
import io.fairlead.store.postgresql.PostgresqlDatabase;
import io.fairlead.store.postgresql.SslMode;
import io.fairlead.store.sqlite.SqliteDatabase;
import io.fairlead.testing.postgresql.PostgresqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Every kind of database there is, for tests of what all of them do. */
public enum TestDatabase {
    SQLITE,
    POSTGRESQL;

    /** One of this kind with all tables and nothing in them. */
    public Opened open(Path folder, InstantSource clock) throws Exception {
        Migrator migrator = new Migrator(Migrator.ALL, clock);
        return switch (this) {
            case SQLITE -> {
                Path file = Files.createTempDirectory(folder, "sqlite").resolve("fairlead.db");
                yield new Opened(() -> both(new SqliteDatabase(file, migrator)));
            }
            case POSTGRESQL -> {
                PostgresqlConfig config = config(PostgresqlServer.shared());
                yield new Opened(() -> both(new PostgresqlDatabase(config, migrator)));
            }
        };
    }

    /** An empty database of a server, and the way in. */
    public static PostgresqlConfig config(PostgresqlServer server) {
        return config(server, server.freshDatabase());
    }

    public static PostgresqlConfig config(PostgresqlServer server, String database) {
        return new PostgresqlConfig(
                server.host(),
                server.port(),
                database,
                PostgresqlServer.USER,
                Optional.of(server.passwordFile()),
                SslMode.PREFER,
                Optional.empty(),
                PostgresqlConfig.POOL_SIZE);
    }

    private record Both(Database database, Stage stage) {}

    private static <D extends Database & Stage> Both both(D database) {
        return new Both(database, database);
    }

    /** A database that can be closed and opened again. */
    public static final class Opened implements Database, AutoCloseable {
        private final Supplier<Both> making;
        private Both now;

        private Opened(Supplier<Both> making) throws Exception {
            this.making = making;
            this.now = making.get();
            now.stage.start();
        }

        public void restart() throws Exception {
            now.stage.close();
            now = making.get();
            now.stage.start();
        }

        @Override
        public <T> T read(Function<Handle, T> work) {
            return now.database.read(work);
        }

        @Override
        public <T> T write(Function<Handle, T> work) {
            return now.database.write(work);
        }

        @Override
        public void close() throws Exception {
            now.stage.close();
        }
    }
}
