package io.fairlead.apps.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.link.identity.kas.JwtCallAuth;
import io.fairlead.link.kubeapi.KubernetesApi;
import io.fairlead.link.notifications.ProjectPushes;
import io.fairlead.link.notifications.kas.NotificationsService;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.routing.OtherKas;
import io.fairlead.link.routing.kas.AgentDirectory;
import io.fairlead.link.routing.kas.Gateway;
import io.fairlead.link.routing.kas.KasChannels;
import io.fairlead.link.routing.kas.KasConnection;
import io.fairlead.link.routing.kas.TunnelRouter;
import io.fairlead.link.tracker.kas.AgentTrackerService;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.fairlead.store.valkey.ValkeyKasBoard;
import io.fairlead.wire.grpc.GrpcListener;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import io.fairlead.wire.loop.EventLoops;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * What a kas runs beside the rest when it is one of several: the private API that the others call, the directory of who has
 * which agent, the router that uses it. It starts before agents are let in and stops after they have gone.
 */
final class SeveralKas implements Stage {
    /** Each request that another kas sends here is one. */
    private static final int STREAMS_PER_CONNECTION_MAX = 20_000;

    private final GrpcListener privateApi;
    private final AgentDirectory directory;
    private final KasChannels channels;
    private final TunnelRouter router;

    /** @param listener as all of kas's are, at the private API's address */
    SeveralKas(
            SeveralConfig config,
            GrpcListenerConfig listener,
            KasJwt jwt,
            TunnelRegistry tunnels,
            ConnectedAgents connected,
            ProjectPushes pushes,
            String product,
            EventLoops loops,
            Scheduler scheduler,
            ExecutorService threads,
            SecureRandom random) {
        privateApi = new GrpcListener(
                listener.withStreamsPerConnectionMax(STREAMS_PER_CONNECTION_MAX),
                loops,
                List.of(
                        new Gateway(tunnels, KubernetesApi.SERVICE, KubernetesApi.METHOD, product).definition(),
                        new AgentTrackerService(connected, OtherKas.NONE).bindService(),
                        new NotificationsService(pushes, OtherKas.NONE).bindService()),
                List.of(JwtCallAuth.ofOtherKas(jwt)),
                random);
        byte[] id = new byte[8];
        random.nextBytes(id);
        String name = HexFormat.of().formatHex(id);
        directory = new AgentDirectory(
                () -> new KasPlace(name, config.ownUrl().orElseGet(() -> listening(config))),
                new ValkeyKasBoard(config.registry(), AgentDirectory.Timing.DEFAULT.lease()),
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
                AgentDirectory.Timing.DEFAULT,
                scheduler,
                threads);
        KasConnection.Config connection = new KasConnection.Config(config.caFile(), config.serverName(), product);
        channels = new KasChannels(
                url -> KasConnection.open(url, connection, loops, scheduler, random), jwt, directory::others);
        router = new TunnelRouter(tunnels, directory, channels::to, TunnelRouter.Limits.DEFAULT, scheduler);
        tunnels.onPresence(directory::changed);
        directory.onHeld(router::held);
        directory.onOthersChange(channels::follow);
    }

    private URI listening(SeveralConfig config) {
        String scheme = config.listen().identity().isPresent() ? "grpcs" : "grpc";
        return URI.create(scheme + "://" + Addresses.reachable(privateApi.address()));
    }

    TunnelRouter router() {
        return router;
    }

    AgentDirectory directory() {
        return directory;
    }

    OtherKas others() {
        return channels;
    }

    @Override
    public void start() throws Exception {
        privateApi.start();
        directory.start();
    }

    /** First nobody is sent here any more, then what others still have here may end. */
    @Override
    public void close() throws Exception {
        directory.close();
        privateApi.close();
        channels.close();
    }
}
