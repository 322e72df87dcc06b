package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.link.identity.kas.RefusedCredentials;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.fairlead.wire.grpc.GrpcListenerConfig;
import java.time.Duration;

/**
 * What strangers and single agents may take of kas. GitLab's kas has no such keys.
 *
 * @param connectionsMax how many connections the listener for agents has at once
 * @param tokenWithin when a connection there is ended that has shown no good token
 * @param tunnelsPerAgentMax how many tunnel streams one agent may have, those of all its pods together
 * @param refused how many refused credentials one address may show before new ones are refused unasked
 */
public record AgentBounds(
        int connectionsMax, Duration tokenWithin, int tunnelsPerAgentMax, RefusedCredentials.Limit refused) {
    static final AgentBounds DEFAULT = new AgentBounds(
            GrpcListenerConfig.CONNECTIONS_DEFAULT,
            Duration.ofSeconds(10),
            TunnelRegistry.Limits.DEFAULT.streamsMax(),
            RefusedCredentials.Limit.DEFAULT);

    private static final int MANY = 1_000_000;

    /**
     * @param section the keys below {@code agent}
     * @param listen those below {@code agent.listen}: a section is read once, so that all its keys are known together
     */
    static AgentBounds read(ConfigSection section, ConfigSection listen) {
        ConfigSection refused = section.section("refused_credentials");
        return new AgentBounds(
                listen.integer("connections_max", DEFAULT.connectionsMax, 1, MANY),
                listen.duration("token_timeout", DEFAULT.tokenWithin, Duration.ofSeconds(1)),
                section.integer("tunnels_per_agent_max", DEFAULT.tunnelsPerAgentMax, 1, MANY),
                new RefusedCredentials.Limit(
                        refused.integer("bucket_size", DEFAULT.refused.atOnce(), 1, MANY),
                        refused.positive("refill_rate_per_second", DEFAULT.refused.perSecond())));
    }
}
