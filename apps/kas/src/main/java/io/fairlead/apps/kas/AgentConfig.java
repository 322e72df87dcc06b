package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.link.identity.kas.AgentConnectionRate;
import java.time.Duration;
import java.util.Optional;

/**
 * The keys below {@code agent}: what kas offers to agents, and to people through them.
 *
 * @param listen where agents connect
 * @param websocket whether they may use WebSocket there
 * @param connectionAgeMax how old a connection may grow
 * @param connectionsPerTokenPerMinute on how many new connections one token may be shown
 * @param listenGrace how long this listener still accepts while kas is stopping
 * @param configurationPollPeriod how often an agent's configuration is looked up
 * @param configurationBytesMax a larger configuration file is refused
 * @param infoTtl how long it is believed which agent a token is of
 * @param infoErrorTtl how long a refusal of a token is believed
 * @param bounds what strangers and single agents may take
 * @param access how long GitLab's word on running requests holds
 * @param audit where the record of each request goes
 * @param kubernetesApi the proxy's own listener; none when not set
 */
public record AgentConfig(
        ListenConfig listen,
        boolean websocket,
        Duration connectionAgeMax,
        int connectionsPerTokenPerMinute,
        Duration listenGrace,
        Duration configurationPollPeriod,
        int configurationBytesMax,
        Duration infoTtl,
        Duration infoErrorTtl,
        AgentBounds bounds,
        AccessConfig access,
        AuditConfig audit,
        Optional<KubernetesApiConfig> kubernetesApi) {
    private static final int BYTES_MAX = 4 << 20;
    private static final String ONE_LEASE = "each kas renews one lease every 5 s, whatever the number of its agents";

    /** How long kas still accepts after it has said that it stops: as long as the most patient of its listeners. */
    Duration stopGrace() {
        Duration proxy = kubernetesApi.map(KubernetesApiConfig::listenGrace).orElse(Duration.ZERO);
        return proxy.compareTo(listenGrace) > 0 ? proxy : listenGrace;
    }

    /**
     * Maps them. A kas on its own has GitLab's defaults; one {@code inside} the all-in-one server takes WebSocket, since
     * agents come through the server's listener, believes that one where they come from, and stops at once, since no load balancer must notice first.
     */
    public static AgentConfig read(ConfigSection section, boolean inside) {
        ConfigSection listen = section.section("listen");
        section.unused("gitops", "GitLab removed it in 17.0; use Flux");
        section.unused("remote_development", "workspaces are not part of Fairlead yet");
        section.unused("receptive_agent", "receptive agents are not part of Fairlead yet");
        for (String key : new String[] {"redis_conn_info_ttl", "redis_conn_info_refresh", "redis_conn_info_gc"}) {
            section.unused(key, ONE_LEASE);
        }
        ConfigSection configuration = section.section("configuration");
        ConfigSection proxy = section.section("kubernetes_api");
        KubernetesApiConfig proxyConfig = KubernetesApiConfig.read(proxy);
        return new AgentConfig(
                ListenConfig.read(listen, "127.0.0.1:8150")
                        .behindProxies(listen, inside ? TrustedProxies.LOOPBACK : TrustedProxies.NONE),
                listen.bool("websocket", inside),
                listen.duration("max_connection_age", Duration.ofHours(2), Duration.ofSeconds(1)),
                listen.integer(
                        "connections_per_token_per_minute", AgentConnectionRate.PER_MINUTE, 1, Integer.MAX_VALUE),
                listen.duration("listen_grace_period", inside ? Duration.ZERO : Duration.ofSeconds(5), Duration.ZERO),
                configuration.duration("poll_period", Duration.ofMinutes(5), Duration.ofSeconds(1)),
                configuration.integer("max_configuration_file_size", 128 << 10, 1, BYTES_MAX),
                section.duration("info_cache_ttl", Duration.ofMinutes(5), Duration.ZERO),
                section.duration("info_cache_error_ttl", Duration.ofMinutes(1), Duration.ZERO),
                AgentBounds.read(section, listen),
                AccessConfig.read(section.section("access")),
                AuditConfig.read(section.section("audit")),
                proxy.present() ? Optional.of(proxyConfig) : Optional.empty());
    }
}
