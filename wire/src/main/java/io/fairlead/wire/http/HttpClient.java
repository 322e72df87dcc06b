package io.fairlead.wire.http;

import io.fairlead.wire.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends HTTP/1.1 requests and streams the answers, on event loops, over connections that are used again.
 *
 * <p>A call runs on the event loop it was started from when that is one of ours, so that bytes between a tunnel and an
 * upstream never change threads. Redirects are passed on as they are, never followed: the target decides nothing here.
 */
public final class HttpClient implements AutoCloseable {
    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(32 * 1024, 128 * 1024);

    private final EventLoops loops;
    private final ClientConfig config;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    /** Unused connections, the last used first: it is the least likely to have been closed by the server. */
    private final FastThreadLocal<Map<Origin, Deque<ClientConnection>>> idle = new FastThreadLocal<>() {
        @Override
        protected Map<Origin, Deque<ClientConnection>> initialValue() {
            return new HashMap<>();
        }
    };

    private volatile boolean closed;

    public HttpClient(EventLoops loops, ClientConfig config) {
        this.loops = loops;
        this.config = config;
    }

    /** Where a call started by this thread would run: this thread's own event loop if it is one. */
    public EventLoop loopForCaller() {
        for (EventExecutor executor : loops.group()) {
            if (executor.inEventLoop()) {
                return (EventLoop) executor;
            }
        }
        return loops.group().next();
    }

    /** The same, for whoever comes back to it from another thread. */
    public Executor loopOfCaller() {
        return loopForCaller();
    }

    /**
     * Starts a request. Must be called on one of the client's event loops (see {@link #loopForCaller}).
     *
     * @param head method, target and fields; Host, framing and Connection are written here
     * @throws IllegalArgumentException when the method is not a token
     */
    public HttpCall send(Origin origin, RequestHead head, RequestBody body, ResponseListener listener) {
        ClientCall call = new ClientCall(this, origin, head, body, listener);
        start(call, true);
        return call;
    }

    void start(ClientCall call, boolean reuse) {
        ClientConnection kept = reuse && !call.upgrades() ? takeIdle(call.origin()) : null;
        if (kept != null) {
            call.attach(kept, true);
            return;
        }
        if (closed) {
            call.failLater(new HttpFailure(HttpFailure.Progress.UNSENT, "this process is shutting down", null));
            return;
        }
        if (open.size() >= config.connectionsMax()) {
            call.failLater(new HttpFailure(
                    HttpFailure.Progress.UNSENT,
                    "no connection to " + call.origin() + " is free: " + config.connectionsMax() + " are open",
                    null));
            return;
        }
        connect(call);
    }

    private void connect(ClientCall call) {
        Origin origin = call.origin();
        ClientConnection connection = new ClientConnection(this, origin);
        open.add(connection);
        new Bootstrap()
                .group(call.loop())
                .channel(loops.clientChannel())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        config.connectTimeout().toMillis())
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        origin.tls().ifPresent(tls -> channel.pipeline().addLast(tlsHandler(tls, origin, channel)));
                        channel.pipeline()
                                .addLast(
                                        new ClientCodec.Decoder(config.headerBytesMax()),
                                        new ClientCodec.Encoder(),
                                        connection);
                    }
                })
                .connect(origin.host(), origin.port())
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        open.remove(connection);
                        call.connectFailed(connected.cause());
                    } else if (origin.tls().isEmpty()) {
                        call.attach(connection, false);
                    } else {
                        connection.whenSecure(call);
                    }
                });
    }

    private SslHandler tlsHandler(SslContext tls, Origin origin, Channel channel) {
        SslHandler handler =
                tls.newHandler(channel.alloc(), origin.tlsServerName().orElse(origin.host()), origin.port());
        handler.setHandshakeTimeoutMillis(config.connectTimeout().toMillis());
        return handler;
    }

    private @Nullable ClientConnection takeIdle(Origin origin) {
        Deque<ClientConnection> kept = idle.get().get(origin);
        while (kept != null && !kept.isEmpty()) {
            ClientConnection connection = kept.pop();
            if (connection.usable()) {
                return connection;
            }
        }
        return null;
    }

    /** A connection whose exchange ended whole, in both directions, comes back for the next. */
    void keep(ClientConnection connection) {
        Deque<ClientConnection> kept = idle.get().computeIfAbsent(connection.origin(), any -> new ArrayDeque<>());
        if (kept.size() >= config.idlePerLoopMax()) {
            connection.close();
            return;
        }
        kept.push(connection);
        connection.closeAfterIdle(config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    void closed(ClientConnection connection) {
        open.remove(connection);
        Deque<ClientConnection> kept = idle.get().get(connection.origin());
        if (kept != null) {
            kept.remove(connection);
        }
    }

    /** How many connections are open, used or not. */
    public int openConnections() {
        return open.size();
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(ClientConnection::close);
    }
}
