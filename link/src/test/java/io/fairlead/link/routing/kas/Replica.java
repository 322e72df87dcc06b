package io.fairlead.link.routing.kas;

import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.link.identity.kas.JwtCallAuth;
import io.fairlead.link.routing.InMemoryKasBoard;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;

/** What of a kas takes part in routing, with a real private API on the loopback. */
final class Replica implements AutoCloseable {
    final TunnelRegistry tunnels;
    final AgentDirectory directory;
    final TunnelRouter router;
    final KasChannels channels;
    final KasPlace place;
    private final Server server;

    Replica(
            String id,
            InMemoryKasBoard board,
            KasJwt jwt,
            String service,
            String method,
            SystemScheduler scheduler,
            Executor threads)
            throws Exception {
        tunnels = new TunnelRegistry(
                new TunnelRegistry.Limits(
                        Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(2), 1_000, 500),
                scheduler,
                Clock.systemUTC());
        server = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .directExecutor()
                .intercept(JwtCallAuth.ofOtherKas(jwt))
                .addService(new Gateway(tunnels, service, method, "gitlab-kas/test").definition())
                .build()
                .start();
        place = new KasPlace(id, URI.create("grpc://127.0.0.1:" + server.getPort()));
        directory = new AgentDirectory(
                () -> place,
                board.client(),
                new AgentDirectory.OwnAgents() {
                    @Override
                    public boolean has(long agentId) {
                        return tunnels.streams(agentId) > 0;
                    }

                    @Override
                    public Set<Long> all() {
                        return tunnels.connected();
                    }
                },
                new AgentDirectory.Timing(Duration.ofSeconds(3), Duration.ofMillis(500), Duration.ofSeconds(3)),
                scheduler,
                threads);
        channels = new KasChannels(Replica::connect, jwt, directory::others);
        router = new TunnelRouter(
                tunnels,
                directory,
                channels::to,
                new TunnelRouter.Limits(Duration.ofSeconds(5), Duration.ofMillis(10), Duration.ofMillis(100), 1_000),
                scheduler);
        tunnels.onPresence(directory::changed);
        directory.onHeld(router::held);
        directory.onOthersChange(channels::follow);
    }

    private static KasChannels.Connection connect(URI url) {
        ManagedChannel channel = Grpc.newChannelBuilder(
                        url.getHost() + ":" + url.getPort(), InsecureChannelCredentials.create())
                .directExecutor()
                .disableRetry()
                .build();
        return new KasChannels.Connection() {
            @Override
            public Channel channel() {
                return channel;
            }

            @Override
            public void close() {
                channel.shutdownNow();
            }
        };
    }

    Replica started() {
        directory.start();
        return this;
    }

    /** Ends as a killed process does: nobody is told, its sockets close. */
    void kill() {
        server.shutdownNow();
        channels.close();
    }

    @Override
    public void close() {
        tunnels.drain();
        directory.close();
        server.shutdownNow();
        channels.close();
    }
}
