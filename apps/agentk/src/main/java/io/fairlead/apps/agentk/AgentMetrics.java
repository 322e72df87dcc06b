package io.fairlead.apps.agentk;

import io.fairlead.link.tunnel.agent.TunnelPool;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What an agent counts beside what every process does. */
final class AgentMetrics {
    private AgentMetrics() {}

    static void register(PrometheusRegistry registry, TunnelPool tunnels) {
        GaugeWithCallback.builder()
                .name("agentk_tunnel_streams")
                .help("Streams open to kas, by whether they carry a request.")
                .labelNames("state")
                .callback(callback -> {
                    TunnelPool.Count count = tunnels.count();
                    callback.call(count.idle(), "idle");
                    callback.call((double) count.open() - count.idle(), "busy");
                })
                .register(registry);
    }
}
