package io.fairlead.store.valkey;

import io.fairlead.base.error.FairleadException;
import io.fairlead.link.routing.BoardException;
import io.fairlead.link.routing.KasBoard;
import io.fairlead.link.routing.KasPlace;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The board in a Valkey or Redis, version 6 or later.
 *
 * <p>Below the prefix: {@code fairlead:kas} is a sorted set of the ids, each with the moment its lease lapses by the
 * server's clock; {@code fairlead:kas:ID} is a hash with {@code url}, {@code version} and one field {@code a:N} for each
 * agent, which the server itself removes when the lease lapses; {@code fairlead:kas_changes} is the channel. A write is one
 * script, so it is whole or not at all, and is told in its order. Nothing is ever searched for by a pattern.
 */
public final class ValkeyKasBoard implements KasBoard {
    private static final Logger log = LoggerFactory.getLogger(ValkeyKasBoard.class);

    private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(2);
    private static final Duration RECONNECT_MAX = Duration.ofSeconds(2);
    private static final String AGENT = "a:";

    /** KEYS: entry, ids. ARGV: lease ms, id, url, before ('' writes whole), after, channel, notice, then +N and -N. */
    private static final String WRITE = """
            if ARGV[4] == '' then
              redis.call('DEL', KEYS[1])
            elseif redis.call('HGET', KEYS[1], 'version') ~= ARGV[4] then
              return 0
            end
            redis.call('HSET', KEYS[1], 'url', ARGV[3], 'version', ARGV[5])
            for i = 8, #ARGV do
              local agent = 'a:' .. string.sub(ARGV[i], 2)
              if string.sub(ARGV[i], 1, 1) == '+' then
                redis.call('HSET', KEYS[1], agent, '')
              else
                redis.call('HDEL', KEYS[1], agent)
              end
            end
            redis.call('PEXPIRE', KEYS[1], ARGV[1])
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
            redis.call('ZADD', KEYS[2], now + ARGV[1], ARGV[2])
            redis.call('PEXPIRE', KEYS[2], ARGV[1])
            redis.call('PUBLISH', ARGV[6], ARGV[7])
            return 1
            """;

    private final ValkeyConfig config;
    private final Duration lease;
    private final String ids;
    private final String entryPrefix;
    private final String channel;
    private final ClientResources resources;
    private final RedisClient client;
    private @Nullable StatefulRedisConnection<String, String> commands;
    private boolean closed;

    /**
     * Reads the password and the certificates; the first call connects.
     *
     * @param lease how long an entry stays that is not written
     * @throws FairleadException {@code redis.password-unreadable} when there is none in its file
     */
    public ValkeyKasBoard(ValkeyConfig config, Duration lease) {
        this.config = config;
        this.lease = lease;
        ids = config.keyPrefix() + ":fairlead:kas";
        entryPrefix = ids + ":";
        channel = config.keyPrefix() + ":fairlead:kas_changes";
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(Delay.fullJitter(Duration.ofMillis(100), RECONNECT_MAX, 2, TimeUnit.MILLISECONDS))
                .build();
        client = RedisClient.create(resources, uri(config));
        client.setOptions(options(config));
    }

    private static RedisURI uri(ValkeyConfig config) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(config.host())
                .withPort(config.port())
                .withDatabase(config.databaseIndex())
                .withClientName("fairlead-kas")
                .withTimeout(config.commandTimeout());
        config.tls().ifPresent(tls -> uri.withSsl(true));
        config.passwordFile().ifPresent(file -> {
            char[] password;
            try {
                password = Files.readString(file).strip().toCharArray();
            } catch (IOException e) {
                throw new FairleadException(
                        "redis.password-unreadable", "redis.password_file " + file + " cannot be read: " + e, e);
            }
            config.username()
                    .ifPresentOrElse(name -> uri.withAuthentication(name, password), () -> uri.withPassword(password));
        });
        return uri.build();
    }

    private static ClientOptions options(ValkeyConfig config) {
        ClientOptions.Builder options = ClientOptions.builder()
                .autoReconnect(true)
                // What is written while the server is away would come late and out of date.
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(10_000)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(config.dialTimeout())
                        .keepAlive(true)
                        .build())
                .timeoutOptions(TimeoutOptions.enabled(config.commandTimeout()));
        config.tls().ifPresent(tls -> {
            SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
            tls.caFile().ifPresent(file -> ssl.trustManager(file.toFile()));
            tls.certificateFile()
                    .ifPresent(certificate -> tls.keyFile()
                            .ifPresent(key -> ssl.keyManager(certificate.toFile(), key.toFile(), new char[0])));
            options.sslOptions(ssl.build());
        });
        return options.build();
    }

    @Override
    public void listen(Listener listener) {
        StatefulRedisPubSubConnection<String, String> connection;
        try {
            connection = client.connectPubSub();
        } catch (RedisException e) {
            throw unavailable(e);
        }
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String text) {
                BoardText.read(text).ifPresent(listener::told);
            }

            @Override
            public void subscribed(String to, long count) {
                // Also after each reconnect: Lettuce subscribes again by itself.
                listener.connected();
            }
        });
        connection.addListener(new Disconnected(listener));
        try {
            connection.sync().subscribe(channel);
        } catch (RedisException e) {
            connection.close();
            throw unavailable(e);
        }
    }

    /** Tells when the connection is lost. */
    private record Disconnected(Listener listener) implements io.lettuce.core.RedisConnectionStateListener {
        @Override
        public void onRedisDisconnected(io.lettuce.core.RedisChannelHandler<?, ?> connection) {
            listener.lost();
        }
    }

    @Override
    public boolean write(Change change) {
        return run(change, Long.toString(change.before()), new Notice.Changed(change));
    }

    @Override
    public void replace(Entry entry) {
        Change whole = new Change(entry.kas(), 0, entry.version(), entry.agents(), Set.of());
        run(whole, "", new Notice.Replaced(entry.kas().id()));
    }

    private boolean run(Change change, String before, Notice notice) {
        List<String> values = new ArrayList<>(List.of(
                Long.toString(lease.toMillis()),
                change.kas().id(),
                change.kas().url().toString(),
                before,
                Long.toString(change.after()),
                channel,
                BoardText.of(notice)));
        change.held().forEach(agent -> values.add("+" + agent));
        change.released().forEach(agent -> values.add("-" + agent));
        String[] keys = {entryPrefix + change.kas().id(), ids};
        Long done =
                ask(valkey -> valkey.<Long>eval(WRITE, ScriptOutputType.INTEGER, keys, values.toArray(String[]::new)));
        return done == 1;
    }

    @Override
    public List<Entry> read() {
        return ask(valkey -> {
            List<Entry> entries = new ArrayList<>();
            for (String id : valkey.zrange(ids, 0, -1)) {
                entry(id, valkey.hgetall(entryPrefix + id)).ifPresent(entries::add);
            }
            return entries;
        });
    }

    @Override
    public Optional<Entry> read(String kasId) {
        return ask(valkey -> entry(kasId, valkey.hgetall(entryPrefix + kasId)));
    }

    /** An entry that lapsed between two commands, or is not ours, is none. */
    private static Optional<Entry> entry(String id, Map<String, String> fields) {
        String url = fields.get("url");
        String version = fields.get("version");
        if (url == null || version == null) {
            return Optional.empty();
        }
        Set<Long> agents = new HashSet<>();
        try {
            for (String field : fields.keySet()) {
                if (field.startsWith(AGENT)) {
                    agents.add(Long.parseLong(field.substring(AGENT.length())));
                }
            }
            return Optional.of(new Entry(new KasPlace(id, URI.create(url)), Long.parseLong(version), agents));
        } catch (IllegalArgumentException e) {
            log.warn("the registry's entry of kas {} cannot be read and is passed over", id, e);
            return Optional.empty();
        }
    }

    @Override
    public void leave(String kasId) {
        ask(valkey -> {
            valkey.del(entryPrefix + kasId);
            valkey.zrem(ids, kasId);
            valkey.publish(channel, BoardText.of(new Notice.Left(kasId)));
            return true;
        });
    }

    private <T> T ask(Function<RedisCommands<String, String>, T> question) {
        try {
            return question.apply(connection().sync());
        } catch (RedisException e) {
            throw unavailable(e);
        }
    }

    private synchronized StatefulRedisConnection<String, String> connection() {
        if (closed) {
            throw new BoardException("the registry is closed", null);
        }
        StatefulRedisConnection<String, String> open = commands;
        if (open == null) {
            open = client.connect();
            commands = open;
        }
        return open;
    }

    private BoardException unavailable(RedisException cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new BoardException(
                "the registry at " + config.host() + ":" + config.port() + " (redis.server.address) cannot be used: "
                        + root.getMessage(),
                cause);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            client.shutdown(Duration.ZERO, SHUTDOWN_MAX);
            resources.shutdown(0, SHUTDOWN_MAX.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
