package io.fairlead.wire.grpc;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.log.SummedLog;
import io.fairlead.base.net.ListenFailure;
import io.fairlead.base.time.Deadline;
import io.fairlead.wire.grpc.ws.CarrierServer;
import io.fairlead.wire.grpc.ws.StreamWindow;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.ServerTls;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port that serves gRPC: natively over HTTP/2 and, where configured, inside WebSocket, in cleartext or over TLS. The
 * apps make one per audience (agents, GitLab, other kas) and give each its services.
 *
 * <p>Services run on the event loops: one that blocks moves its work to a thread of its own. Answers are not compressed;
 * compressed requests are understood.
 *
 * <p>States: new, started, draining, closed. {@link #close} stops to accept, sends every client a GOAWAY, tells long
 * streams to end, waits for running calls up to the configured grace and cuts what is left then.
 */
public final class GrpcListener implements Stage {
    private static final Logger log = LoggerFactory.getLogger(GrpcListener.class);

    static final int INBOUND_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
    static final int INBOUND_METADATA_BYTES_MAX = 16 * 1024;

    /** A stream's first credit; {@link StreamWindow} fits it to the line. */
    static final int FLOW_CONTROL_WINDOW_BYTES = StreamWindow.BYTES_MIN;

    /** How much may wait for the socket before streams are told to hold back. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    /** A client may give up all its streams at once, again and again, but not as fast as a rapid-reset attack does. */
    private static final int RESETS_PER_WINDOW_MIN = 1_000;

    private static final int RESETS_WINDOW_SECONDS = 10;
    private static final Duration NEGOTIATION_MAX = Duration.ofSeconds(10);

    /** Long streams hear of a drain a little after the GOAWAY, so that they are opened again elsewhere, not here. */
    private static final long DRAIN_STREAMS_END_MILLIS = 100;

    /** From where a call's connection comes: behind trusted proxies what they say. Absent for calls within the process. */
    public static final Attributes.Key<InetAddress> CLIENT = Attributes.Key.create("fairlead.client");

    private static final Duration HARD_CLOSE = Duration.ofSeconds(5);

    private final GrpcListenerConfig config;
    private final EventLoops loops;
    private final List<ServerServiceDefinition> services;
    private final List<ServerInterceptor> interceptors;
    private final Map<Channel, ConnectionLife> connections = new ConcurrentHashMap<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final SummedLog refusals = new SummedLog(log);
    private final SummedLog strangers = new SummedLog(log);
    private volatile boolean draining;
    private final RandomGenerator random;
    private @Nullable Server server;

    /**
     * @param interceptors the first one sees a call first
     * @param random spreads the ends of connections
     */
    public GrpcListener(
            GrpcListenerConfig config,
            EventLoops loops,
            List<ServerServiceDefinition> services,
            List<ServerInterceptor> interceptors,
            RandomGenerator random) {
        this.random = random;
        this.config = config;
        this.loops = loops;
        this.services = List.copyOf(services);
        this.interceptors = List.copyOf(interceptors);
    }

    @Override
    public void start() throws IOException {
        Server built = build();
        try {
            built.start();
        } catch (IOException e) {
            throw ListenFailure.of("gRPC", config.address(), e);
        }
        server = built;
    }

    /** Where the listener is reached; the port is the real one once started. */
    public InetSocketAddress address() {
        if (server == null) {
            return config.address();
        }
        return (InetSocketAddress) server.getListenSockets().getFirst();
    }

    /** How many connections have finished their handshake and are open. */
    public int connections() {
        return connections.size();
    }

    /**
     * Begins what {@link #close} does and does not wait: nobody new comes in, clients are sent elsewhere, idle streams end,
     * running ones go on.
     */
    public void beginDrain() {
        if (draining) {
            return;
        }
        draining = true;
        if (server != null) {
            server.shutdown();
            connections.forEach((channel, life) ->
                    channel.eventLoop().schedule(life::end, DRAIN_STREAMS_END_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    /** Waits at most the configured grace and 10 seconds. */
    @Override
    public void close() throws InterruptedException {
        beginDrain();
        if (server == null) {
            return;
        }
        if (!server.awaitTermination(config.drainGrace().toMillis(), TimeUnit.MILLISECONDS)) {
            log.info("cutting {} gRPC connections whose calls did not end in {}", connections(), config.drainGrace());
            cutAll();
            server.shutdownNow();
            if (!server.awaitTermination(HARD_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("the gRPC listener on {} did not end", config.address());
            }
        }
    }

    /**
     * Closes every connection below gRPC's handler, so that the client's calls end with UNAVAILABLE, as when kas is lost.
     * gRPC's own way would cancel them one by one, and a cancelled call does not look like one to make again. Waits, or
     * gRPC's way might overtake.
     */
    private void cutAll() throws InterruptedException {
        List<ChannelFuture> closing = new ArrayList<>();
        for (Channel channel : connections.keySet()) {
            cut(channel).ifPresent(closing::add);
        }
        Deadline deadline = Deadline.in(HARD_CLOSE);
        for (ChannelFuture closed : closing) {
            closed.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private static Optional<ChannelFuture> cut(Channel channel) {
        return Optional.ofNullable(channel.pipeline().lastContext()).map(ChannelHandlerContext::close);
    }

    private Server build() {
        Optional<SslContext> tls = config.tls()
                .map(identity ->
                        ServerTls.context(identity, config.websocket() ? List.of("h2", "http/1.1") : List.of("h2")));
        CarrierServer carrier = new CarrierServer(
                tls,
                config.websocket(),
                config.serverHeader(),
                NEGOTIATION_MAX,
                () -> draining,
                this::admits,
                this::opened);
        NettyServerBuilder builder = NettyServerBuilder.forAddress(config.address(), carrier.credentials())
                .bossEventLoopGroup(loops.group())
                .workerEventLoopGroup(loops.group())
                .channelType(loops.serverChannel())
                .withOption(ChannelOption.SO_REUSEADDR, true)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .withChildOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .directExecutor()
                .maxInboundMessageSize(INBOUND_MESSAGE_BYTES_MAX)
                .maxInboundMetadataSize(INBOUND_METADATA_BYTES_MAX)
                .maxConcurrentCallsPerConnection(config.streamsPerConnectionMax())
                .maxRstFramesPerWindow(
                        Math.max(RESETS_PER_WINDOW_MIN, 2 * config.streamsPerConnectionMax()), RESETS_WINDOW_SECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(config.keepAlive().pingAfterIdle().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(config.keepAlive().pingTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(config.keepAlive().clientPingsMin().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true);
        if (config.age().limited()) {
            builder.maxConnectionAge(config.age().goAway().toMillis(), TimeUnit.MILLISECONDS)
                    .maxConnectionAgeGrace(config.age().grace().toMillis(), TimeUnit.MILLISECONDS);
        }
        services.forEach(builder::addService);
        // gRPC calls the interceptor added last first.
        interceptors.reversed().forEach(builder::intercept);
        return builder.build();
    }

    /** A connection was made and has said nothing yet. On its event loop. */
    private boolean admits(Channel channel) {
        int open = accepted.incrementAndGet();
        channel.closeFuture().addListener(closed -> accepted.decrementAndGet());
        if (open <= config.strangers().connectionsMax()) {
            return true;
        }
        refusals.warn("a gRPC connection to " + config.address() + " was closed: "
                + config.strangers().connectionsMax() + " are open, which is the limit (connections_max)");
        return false;
    }

    /** Ends a connection that has shown nothing good, and waits on where that cannot be found out yet. */
    private void judge(Channel channel, ConnectionLife life, Duration within) {
        switch (life.standing()) {
            case TRUSTED -> {}
            case UNDECIDED -> {
                life.askAgain();
                judgeLater(channel, life, within);
            }
            case STRANGER -> {
                strangers.warn("a gRPC connection of " + channel.remoteAddress()
                        + " was closed: it showed no good token" + " within " + within.toSeconds() + " s");
                cut(channel);
            }
        }
    }

    private void judgeLater(Channel channel, ConnectionLife life, Duration within) {
        Future<?> timer = channel.eventLoop()
                .schedule(() -> judge(channel, life, within), within.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> timer.cancel(false));
    }

    /** A connection has said what it speaks: its life begins. On its event loop. */
    private Attributes opened(Channel channel) {
        ConnectionLife life = new ConnectionLife();
        connections.put(channel, life);
        Optional<Future<?>> timer = config.age().limited()
                ? Optional.of(channel.eventLoop().schedule(life::end, lifeMillis(config.age()), TimeUnit.MILLISECONDS))
                : Optional.empty();
        channel.closeFuture().addListener(closed -> {
            timer.ifPresent(running -> running.cancel(false));
            connections.remove(channel);
        });
        if (draining) {
            life.end();
        }
        config.strangers().trustWithin().ifPresent(within -> judgeLater(channel, life, within));
        Attributes.Builder known = Attributes.newBuilder().set(ConnectionLife.ATTRIBUTE, life);
        client(channel).ifPresent(client -> known.set(CLIENT, client));
        return known.build();
    }

    private Optional<InetAddress> client(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? Optional.of(config.strangers()
                        .trustedProxies()
                        .client(peer.getAddress(), CarrierServer.forwardedFor(channel)))
                : Optional.empty();
    }

    private long lifeMillis(ConnectionAge age) {
        long jitter = age.streamsEndJitter().toMillis();
        return age.streamsEnd().toMillis() + (jitter == 0 ? 0 : random.nextLong(jitter));
    }
}
