package io.fairlead.store.postgresql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Deadline;
import io.fairlead.forge.database.Database;
import io.fairlead.store.migration.Migrator;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL 15 or later, by a pool of connections.
 *
 * <p>Reads are single statements that see what is committed. A write is one SERIALIZABLE transaction, so that what it reads
 * still holds when it commits, as it does with the one writer of SQLite; one that another write came between is run again,
 * for at most {@link #AGAIN_MAX}.
 *
 * <p>While the server is away the first calls fail after {@link #CONNECTION_WAIT_MAX} and those behind them at once; the
 * pool tries every 5 s at least to make connections, so that service returns by itself.
 */
public final class PostgresqlDatabase implements Database, Stage {
    private static final Logger log = LoggerFactory.getLogger(PostgresqlDatabase.class);

    /** Longer than a server needs to restart in peace, so that many requests do not notice. */
    static final Duration CONNECTION_WAIT_MAX = Duration.ofSeconds(5);

    static final Duration AGAIN_MAX = Duration.ofSeconds(10);

    private static final Duration ALIVE_CHECK_MAX = Duration.ofSeconds(2);
    private static final int IDLE_MIN = 2;
    private static final String BEGIN_WRITE = "set transaction isolation level serializable, read write";

    /** A name that is taken was taken by a write that met this one: the next run sees it. More is an error of ours. */
    private static final int DUPLICATES_MAX = 3;

    private static final Backoff AGAIN =
            new Backoff(Duration.ofMillis(4), Duration.ofMillis(120), 1.6, 0.5, Duration.ofSeconds(1));

    private final PostgresqlConfig config;
    private final Migrator migrator;
    private final Duration connectionWaitMax;
    private final ServerErrors errors;
    private @Nullable HikariDataSource pool;
    private @Nullable Jdbi jdbi;
    // Set by whoever waited in vain, cleared by whoever got through; a stale value costs one refusal or one wait.
    private volatile boolean away;

    public PostgresqlDatabase(PostgresqlConfig config, Migrator migrator) {
        this(config, migrator, CONNECTION_WAIT_MAX);
    }

    PostgresqlDatabase(PostgresqlConfig config, Migrator migrator, Duration connectionWaitMax) {
        this.config = config;
        this.migrator = migrator;
        this.connectionWaitMax = connectionWaitMax;
        this.errors = new ServerErrors(config);
    }

    /** @throws FairleadException {@code store.*}, in one sentence what to do, when the server or its database will not do */
    @Override
    public void start() throws InterruptedException {
        ServerDataSource source = new ServerDataSource(config);
        String version = new FirstConnection(config, source, errors).prepare(migrator);
        HikariDataSource opened = new HikariDataSource(pool(source));
        pool = opened;
        jdbi = Jdbi.create(opened);
        log.info(
                "the database is {} (PostgreSQL {}) as {}, sslmode {}, {} connections",
                config.place(),
                version,
                config.username(),
                config.sslMode().text(),
                config.poolSize());
    }

    private HikariConfig pool(ServerDataSource source) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("database");
        pool.setDataSource(source);
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(Math.min(IDLE_MIN, config.poolSize()));
        pool.setConnectionTimeout(connectionWaitMax.toMillis());
        pool.setValidationTimeout(Math.min(ALIVE_CHECK_MAX.toMillis(), connectionWaitMax.toMillis()));
        // The first connection has told what there is to tell.
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    @Override
    public <T> T read(Function<Handle, T> work) {
        refuseWhileAway();
        try {
            T result = started().withHandle(work::apply);
            away = false;
            return result;
        } catch (JdbiException e) {
            throw failed(errors.whileWorking(e));
        }
    }

    /** One call has waited in vain; until the pool has a connection again, no other waits as long to hear the same. */
    private void refuseWhileAway() {
        HikariDataSource running = pool;
        if (away && running != null && running.getHikariPoolMXBean().getIdleConnections() == 0) {
            throw errors.stillAway();
        }
    }

    private RuntimeException failed(RuntimeException failure) {
        if (errors.serverIsAway(failure)) {
            away = true;
        }
        return failure;
    }

    @Override
    public <T> T write(Function<Handle, T> work) {
        refuseWhileAway();
        Deadline deadline = Deadline.in(AGAIN_MAX);
        int duplicates = 0;
        for (int failures = 1; ; failures++) {
            try {
                T result = started().inTransaction(handle -> {
                    handle.execute(BEGIN_WRITE);
                    return work.apply(handle);
                });
                away = false;
                return result;
            } catch (JdbiException e) {
                Optional<SQLException> sql = ServerErrors.in(e);
                boolean duplicate = sql.filter(ServerErrors::duplicate).isPresent() && ++duplicates < DUPLICATES_MAX;
                boolean again = duplicate || sql.filter(ServerErrors::collision).isPresent();
                if (!again || deadline.passed()) {
                    throw failed(errors.whileWriting(e));
                }
                pause(AGAIN.afterFailures(failures));
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Deadline.pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FairleadException("store.interrupted", "the wait for the database was interrupted", e);
        }
    }

    private Jdbi started() {
        Jdbi ready = jdbi;
        if (ready == null) {
            throw new IllegalStateException("the database was not started");
        }
        return ready;
    }

    /** Connections in use are cut off; requests have ended before. */
    @Override
    public void close() {
        if (pool != null) {
            pool.close();
        }
    }
}
