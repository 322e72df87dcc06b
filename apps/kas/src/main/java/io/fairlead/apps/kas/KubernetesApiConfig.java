package io.fairlead.apps.kas;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.net.TrustedProxies;
import io.fairlead.link.kubeapi.kas.RequestShares;
import java.time.Duration;

/**
 * The keys below {@code agent.kubernetes_api}: the proxy that kubectl speaks to.
 *
 * @param listen its own listener
 * @param pathPrefix what its paths begin with; begins and ends with a slash
 * @param listenGrace how long it still accepts while kas is stopping
 * @param shutdownGrace how long running requests may take then
 * @param allowedTtl how long it is believed whom a credential lets in
 * @param refusedTtl how long a refusal is believed
 * @param requestsPerPersonMax how many requests one person may have with one agent at once
 */
public record KubernetesApiConfig(
        ListenConfig listen,
        String pathPrefix,
        Duration listenGrace,
        Duration shutdownGrace,
        Duration allowedTtl,
        Duration refusedTtl,
        int requestsPerPersonMax) {
    static KubernetesApiConfig read(ConfigSection section) {
        section.unused("websocket_token_secret_file", "browsers' WebSocket tokens are not part of Fairlead yet");
        section.unused(
                "extra_allowed_response_headers",
                "every answer header passes but those of the hop, of CORS and others that speak for kas's own origin");
        ConfigSection listen = section.section("listen");
        String prefix = section.string("url_path_prefix", "/");
        if (!prefix.startsWith("/")) {
            section.problem("url_path_prefix", "url_path_prefix must begin with a slash, but is \"" + prefix + "\"");
        }
        return new KubernetesApiConfig(
                ListenConfig.read(listen, "0.0.0.0:8154").behindProxies(listen, TrustedProxies.NONE),
                prefix.endsWith("/") ? prefix : prefix + "/",
                listen.duration("listen_grace_period", Duration.ofSeconds(5), Duration.ZERO),
                listen.duration("shutdown_grace_period", Duration.ofHours(1), Duration.ZERO),
                section.duration("allowed_agent_cache_ttl", Duration.ofMinutes(1), Duration.ZERO),
                section.duration("allowed_agent_cache_error_ttl", Duration.ofSeconds(10), Duration.ZERO),
                section.integer("requests_per_person_max", RequestShares.EACH_MAX, 1, Integer.MAX_VALUE));
    }
}
