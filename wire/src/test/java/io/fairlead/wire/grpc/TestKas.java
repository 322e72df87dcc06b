package io.fairlead.wire.grpc;

import io.fairlead.wire.grpc.KasAddress.Scheme;
import io.fairlead.wire.loop.EventLoops;
import io.fairlead.wire.tls.LocalCa;
import io.grpc.ManagedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A listener with {@link ByteServices} on a free port of loopback, and channels to it; all closed at the end. */
final class TestKas implements AutoCloseable {
    final EventLoops loops;
    final ByteServices services = new ByteServices();
    private final Path folder;
    private final LocalCa ca;
    private final List<GrpcListener> listeners = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

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
                new GrpcListener(change.apply(config), loops, List.of(services.definition()), List.of());
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

    ManagedChannel open(Scheme scheme, GrpcListener listener) {
        return open(address(scheme, listener), clientConfig());
    }

    ManagedChannel open(KasAddress address, AgentChannelConfig config) {
        ManagedChannel channel = AgentChannel.open(address, config, loops);
        channels.add(channel);
        return channel;
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() throws Exception {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
            channel.awaitTermination(5, TimeUnit.SECONDS);
        }
        for (GrpcListener listener : listeners) {
            listener.close();
        }
        loops.close();
    }
}
