package io.fairlead.link.routing.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.KasAddress;
import io.fairlead.wire.grpc.ProxyRules;
import io.fairlead.wire.loop.EventLoops;
import io.grpc.Channel;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A connection to another kas's private API: made and kept as agentk's to kas is, with the same pings. */
public final class KasConnection implements KasChannels.Connection {
    /**
     * @param caFile authorities for {@code grpcs}, beside the runtime's
     * @param serverName what the others' certificates name, where that is not the URL's host
     */
    public record Config(Optional<Path> caFile, Optional<String> serverName, String userAgent) {}

    private final AgentChannel channel;

    private KasConnection(AgentChannel channel) {
        this.channel = channel;
    }

    /** Connects, and stays connected until the end. */
    public static KasConnection open(
            URI url, Config config, EventLoops loops, Scheduler scheduler, RandomGenerator random) {
        AgentChannel channel = AgentChannel.open(
                KasAddress.parse(url.toString()),
                new AgentChannelConfig(
                        config.caFile(),
                        false,
                        config.serverName(),
                        Map.of(),
                        config.userAgent(),
                        () -> "",
                        ProxyRules.NONE),
                loops,
                ConnectionListener.NONE,
                scheduler,
                random);
        channel.start();
        return new KasConnection(channel);
    }

    @Override
    public Channel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.cut();
    }
}
