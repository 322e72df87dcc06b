package io.fairlead.wire.grpc;

import io.fairlead.testing.time.ManualTime;
import io.fairlead.wire.grpc.KasAddress.Scheme;
import io.fairlead.wire.grpc.ws.ClientCarriage;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.LocalCa;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** A listener with {@link ByteServices} on a free port of loopback, and channels to it; all closed at the end. */
final class TestKas implements AutoCloseable {
    final EventLoops loops;
    final ByteServices services = new ByteServices();
    final Connection connection = new Connection();
    /** Stands still: gRPC tries again by its own clock. */
    final ManualTime time = new ManualTime();

    private final Path folder;
    private final LocalCa ca;
    private final List<GrpcListener> listeners = new ArrayList<>();
    private final List<AgentChannel> channels = new ArrayList<>();

    TestKas(Path folder) {
        this.folder = folder;
        this.loops = EventLoops.of(2, "test-kas");
        this.ca = LocalCa.open(folder.resolve("ca"), Clock.systemUTC());
    }

    GrpcListener listen(boolean tls, UnaryOperator<GrpcListenerConfig> change) throws Exception {
        return listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, change);
    }

    GrpcListener listen(InetSocketAddress at, boolean tls, UnaryOperator<GrpcListenerConfig> change) throws Exception {
        GrpcListenerConfig config = GrpcListenerConfig.at(at).withDrainGrace(Duration.ofSeconds(5));
        if (tls) {
            config = config.withTls(ca.serverIdentity("kas", List.of("localhost", "127.0.0.1")));
        }
        GrpcListener listener =
                new GrpcListener(change.apply(config), loops, List.of(services.definition()), List.of(), new Random(1));
        listeners.add(listener);
        listener.start();
        return listener;
    }

    AgentChannelConfig clientConfig() {
        return AgentChannelConfig.of("gitlab-agent/v0/test", () -> "secret-token")
                .withCaFile(ca.certificateFile());
    }

    KasAddress address(Scheme scheme, GrpcListener listener) {
        return KasAddress.parse(scheme + "://localhost:" + listener.address().getPort());
    }

    AgentChannel open(Scheme scheme, GrpcListener listener) {
        return open(address(scheme, listener), clientConfig());
    }

    AgentChannel open(KasAddress address, AgentChannelConfig config) {
        return open(address, config, ClientCarriage.Limits.KAS);
    }

    AgentChannel open(KasAddress address, AgentChannelConfig config, ClientCarriage.Limits limits) {
        AgentChannel channel =
                AgentChannel.open(address, config, loops, connection, time, RandomGenerator.getDefault(), limits);
        channels.add(channel);
        return channel;
    }

    /** How often the channels' connections came and went. */
    static final class Connection implements ConnectionListener {
        final AtomicInteger connected = new AtomicInteger();
        final AtomicInteger lost = new AtomicInteger();

        @Override
        public void connected() {
            connected.incrementAndGet();
        }

        @Override
        public void lost() {
            lost.incrementAndGet();
        }
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws Exception {
        for (AgentChannel channel : channels) {
            channel.cut();
            channel.close();
        }
        for (GrpcListener listener : listeners) {
            listener.close();
        }
        loops.close();
    }
}
