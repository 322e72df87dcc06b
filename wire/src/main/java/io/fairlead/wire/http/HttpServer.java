package io.fairlead.wire.http;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.log.SummedLog;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.base.time.Deadline;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.ServerTls;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for HTTP/1.1, in clear text or behind TLS, and hands each request to one handler.
 *
 * <p>Closing it stops accepting, ends connections as they fall idle, and after the {@code drainTimeout} ends the rest. Who has
 * something to do between those steps calls {@link #stopAccepting} and {@link #endRequests} first.
 */
public final class HttpServer implements Stage {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
    /** Above this much unsent data a connection is not writable, below the first it is again. */
    private static final WriteBufferWaterMark WRITE_MARKS = new WriteBufferWaterMark(32 * 1024, 128 * 1024);

    private final HttpServerConfig config;
    private final EventLoops loops;
    private final HttpHandler handler;
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    /** Those that carry another protocol now. */
    private final Set<ServerConnection> upgraded = ConcurrentHashMap.newKeySet();

    private final StalledReaders stalled;
    private final SummedLog refusals = new SummedLog(log);
    private @Nullable Channel listener;
    private volatile boolean draining;

    public HttpServer(HttpServerConfig config, EventLoops loops, HttpHandler handler) {
        this.config = config;
        this.stalled = new StalledReaders(config.limits().stalledMax());
        this.loops = loops;
        this.handler = handler;
    }

    /** @throws io.fairlead.base.error.FairleadException {@code listen.address-in-use} when another process is there */
    @Override
    public void start() throws InterruptedException {
        Optional<SslContext> tls = config.identity().map(files -> ServerTls.context(files, List.of("http/1.1")));
        ChannelFuture bound = new ServerBootstrap()
                .group(loops.group())
                .channel(loops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel, tls);
                    }
                })
                .bind(config.address())
                .await();
        if (bound.cause() != null) {
            throw ListenFailure.of(tls.isPresent() ? "HTTPS" : "HTTP", config.address(), bound.cause());
        }
        listener = bound.channel();
    }

    /** The address really listened on, with the port the system chose when 0 was asked for. */
    public InetSocketAddress address() {
        if (listener == null) {
            throw new IllegalStateException("the server has not started");
        }
        return (InetSocketAddress) listener.localAddress();
    }

    HttpHandler handler() {
        return handler;
    }

    HttpLimits limits() {
        return config.limits();
    }

    TrustedProxies trustedProxies() {
        return config.trustedProxies();
    }

    StalledReaders stalled() {
        return stalled;
    }

    boolean draining() {
        return draining;
    }

    private void accept(Channel channel, Optional<SslContext> tls) {
        int open = connections.size() + upgraded.size();
        if (open >= config.limits().connectionsMax()) {
            refusals.warn("a connection was closed: " + open + " are open, which is the limit");
            channel.close();
            return;
        }
        ServerCodec.Decoder decoder = new ServerCodec.Decoder(config.limits());
        ServerConnection connection =
                new ServerConnection(this, decoder, channel.eventLoop().ticker());
        tls.ifPresent(context -> channel.pipeline().addLast(new TlsOrPlain(context)));
        channel.pipeline().addLast(decoder, new ServerCodec.Encoder(), connection);
        connections.add(connection);
    }

    void forget(ServerConnection connection) {
        connections.remove(connection);
        upgraded.remove(connection);
    }

    void becameRaw(ServerConnection connection) {
        upgraded.add(connection);
        connections.remove(connection);
    }

    void connectionFailed(SocketAddress client, Throwable cause) {
        log.debug("connection of {} failed: {}", client, cause.toString());
    }

    /** Takes no more connections; those it has end as they fall idle. */
    public void stopAccepting() throws InterruptedException {
        if (listener == null) {
            return;
        }
        listener.close().sync();
        draining = true;
        connections.forEach(ServerConnection::drain);
    }

    /**
     * After {@link #stopAccepting}: waits until requests have ended, and ends those that go on for the {@code drainTimeout}.
     * Connections that were upgraded stay.
     */
    public void endRequests() throws InterruptedException {
        Deadline.in(config.drainTimeout()).await(connections::isEmpty);
        cut(connections);
    }

    @Override
    public void close() throws InterruptedException {
        stopAccepting();
        Deadline.in(config.drainTimeout()).await(() -> connections.isEmpty() && upgraded.isEmpty());
        cut(connections);
        cut(upgraded);
    }

    private static void cut(Set<ServerConnection> left) throws InterruptedException {
        for (ServerConnection connection : left) {
            connection.channel().close().sync();
        }
    }
}
