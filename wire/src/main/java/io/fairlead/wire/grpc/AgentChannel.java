package io.fairlead.wire.grpc;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Scheduler;
import io.fairlead.wire.grpc.ws.CarrierClient;
import io.fairlead.wire.grpc.ws.ClientCarriage;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.ClientTls;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.HttpConnectProxiedSocketAddress;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ProxiedSocketAddress;
import io.grpc.ProxyDetector;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The agent's channel to kas. All four schemes behave the same to calls: gRPC connects when the channel starts or the first
 * call needs it, tries again after pauses of 1 to 2.6 s, and asks after 55 s of silence whether kas is still there.
 *
 * <p>Calls run on the event loops. gRPC does not repeat calls by itself, for their messages can be sent only once. A call
 * that fails because kas cannot be reached has one sentence in its status that says why and what to do.
 */
public final class AgentChannel extends Channel implements Stage {
    private static final Duration PING_AFTER_IDLE = Duration.ofSeconds(55);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(20);
    private static final long CLOSE_SECONDS_MAX = 5;

    private final ManagedChannel channel;
    private final Reconnecting reconnecting;
    /** Where gRPC resolves names, which blocks. */
    private final ExecutorService resolving;

    private AgentChannel(ManagedChannel channel, Reconnecting reconnecting, ExecutorService resolving) {
        this.channel = channel;
        this.reconnecting = reconnecting;
        this.resolving = resolving;
    }

    /**
     * Prepares the channel; {@link #start} or the first call connects.
     *
     * @param listener told when kas is connected and when that is lost
     * @throws io.fairlead.base.error.FairleadException {@code tls.ca-unreadable} when the CA file is of no use
     */
    public static AgentChannel open(
            KasAddress address,
            AgentChannelConfig config,
            EventLoops loops,
            ConnectionListener listener,
            Scheduler scheduler,
            RandomGenerator random) {
        return open(address, config, loops, listener, scheduler, random, ClientCarriage.Limits.KAS);
    }

    static AgentChannel open(
            KasAddress address,
            AgentChannelConfig config,
            EventLoops loops,
            ConnectionListener listener,
            Scheduler scheduler,
            RandomGenerator random,
            ClientCarriage.Limits limits) {
        ExecutorService resolving = VirtualThreads.perTask("agent-channel");
        ManagedChannel channel = channel(address, config, loops, limits, resolving);
        return new AgentChannel(channel, new Reconnecting(channel, listener, scheduler, random), resolving);
    }

    /** Connects, and stays connected until the end. */
    @Override
    public void start() {
        reconnecting.start();
    }

    /** Lets running calls end within 5 s, then cuts them. */
    @Override
    public void close() throws InterruptedException {
        reconnecting.close();
        channel.shutdown();
        if (channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
            resolving.shutdown();
        } else {
            cut();
        }
    }

    /** Ends all calls and connections at once. */
    public void cut() {
        reconnecting.close();
        channel.shutdownNow();
        resolving.shutdown();
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        return channel.newCall(method, options);
    }

    @Override
    public String authority() {
        return channel.authority();
    }

    private static ManagedChannel channel(
            KasAddress address,
            AgentChannelConfig config,
            EventLoops loops,
            ClientCarriage.Limits limits,
            ExecutorService resolving) {
        Optional<SslContext> tls = address.scheme().tls()
                ? Optional.of(ClientTls.context(
                        config.caFile(),
                        config.insecureSkipVerify(),
                        List.of(address.scheme().webSocket() ? "http/1.1" : "h2")))
                : Optional.empty();
        String serverName = config.serverName().orElse(address.host());
        Optional<ClientCarriage.Handshake> handshake = address.scheme().webSocket()
                ? Optional.of(new ClientCarriage.Handshake(
                        address.path(), address.hostHeader(), () -> handshakeHeaders(config)))
                : Optional.empty();
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget("dns:///" + address.hostAndPort())
                .eventLoopGroup(loops.group())
                .channelType(loops.clientChannel(), InetSocketAddress.class)
                .withOption(ChannelOption.ALLOCATOR, ByteBufAllocator.DEFAULT)
                .withOption(ChannelOption.WRITE_BUFFER_WATER_MARK, GrpcListener.WATER_MARK)
                .withOption(ChannelOption.TCP_NODELAY, true)
                .directExecutor()
                .offloadExecutor(resolving)
                .overrideAuthority(authority(address, config))
                .userAgent(config.userAgent())
                .disableRetry()
                .maxInboundMessageSize(GrpcListener.INBOUND_MESSAGE_BYTES_MAX)
                .maxInboundMetadataSize(GrpcListener.INBOUND_METADATA_BYTES_MAX)
                .flowControlWindow(GrpcListener.FLOW_CONTROL_WINDOW_BYTES)
                .keepAliveTime(PING_AFTER_IDLE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(PING_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                // An agent's channel is never idle for good: going idle would drop the connection that kas calls it by.
                .idleTimeout(1000, TimeUnit.DAYS)
                .proxyDetector(proxies(address, config.proxy()))
                .intercept(interceptors(address, config));
        if (!address.scheme().webSocket()) {
            builder.defaultLoadBalancingPolicy("round_robin");
        }
        CarrierClient.install(
                builder, new ClientCarriage(address.toString(), tls, serverName, address.port(), handshake, limits));
        return builder.build();
    }

    private static List<ClientInterceptor> interceptors(KasAddress address, AgentChannelConfig config) {
        ClientInterceptor explanations = new ConnectExplanations(address);
        if (address.scheme().webSocket() || config.headers().isEmpty()) {
            return List.of(explanations);
        }
        Metadata metadata = new Metadata();
        config.headers()
                .forEach((name, values) -> metadata.put(
                        Metadata.Key.of(name.toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER),
                        String.join(",", values)));
        return List.of(explanations, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static Map<String, List<String>> handshakeHeaders(AgentChannelConfig config) {
        Map<String, List<String>> headers = new LinkedHashMap<>(config.headers());
        headers.put("User-Agent", List.of(config.userAgent()));
        headers.put("Authorization", List.of("Bearer " + config.token().get()));
        return headers;
    }

    private static String authority(KasAddress address, AgentChannelConfig config) {
        // A name given by the operator is the one by which kas's front end knows it.
        return config.serverName().map(name -> name + ":" + address.port()).orElse(address.hostAndPort());
    }

    private static ProxyDetector proxies(KasAddress address, ProxyRules rules) {
        Optional<ProxyRules.HttpProxy> proxy = rules.proxyFor(address);
        return new ProxyDetector() {
            @Override
            public @Nullable ProxiedSocketAddress proxyFor(SocketAddress target) {
                if (proxy.isEmpty()) {
                    return null;
                }
                InetSocketAddress at = proxy.get().address();
                HttpConnectProxiedSocketAddress.Builder builder = HttpConnectProxiedSocketAddress.newBuilder()
                        // Resolved at each connection, for proxies move too.
                        .setProxyAddress(new InetSocketAddress(at.getHostString(), at.getPort()))
                        .setTargetAddress((InetSocketAddress) target);
                proxy.get().user().ifPresent(builder::setUsername);
                proxy.get().password().ifPresent(builder::setPassword);
                return builder.build();
            }
        };
    }
}
