package io.fairlead.apps.kas;

import io.fairlead.base.version.Version;
import io.fairlead.link.audit.kas.AuditShipper;
import io.fairlead.link.identity.kas.AccessWatch;
import io.fairlead.link.identity.kas.AgentConnectionRate;
import io.fairlead.link.identity.kas.RefusedCredentials;
import io.fairlead.link.kubeapi.kas.ProxyCounters;
import io.fairlead.link.routing.kas.AgentDirectory;
import io.fairlead.link.routing.kas.TunnelRouter;
import io.fairlead.link.tracker.kas.ConnectedAgents;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.LongSupplier;

/** What kas counts beside what every process does; names as in GitLab's kas where it has them. */
final class KasMetrics {
    private KasMetrics() {}

    static void register(
            PrometheusRegistry registry,
            Version version,
            ConnectedAgents agents,
            AgentConnectionRate rate,
            RefusedCredentials refused,
            AccessWatch access,
            AuditShipper audit,
            ProxyCounters proxy) {
        Gauge.builder()
                .name("gitlab_build_info")
                .help("The running build.")
                .labelNames("version", "built")
                .register(registry)
                .labelValues("v" + version.number(), version.commit())
                .set(1);
        gauge(registry, "connected_agents_count", "Agents with a live connection.", agents::count);
        counter(
                registry,
                "agent_server_rate_exceeded_total",
                "Agent connections beyond their token's limit.",
                rate::refused);
        counter(
                registry,
                "refused_unasked_credentials_total",
                "Credentials refused without asking GitLab, from addresses of which it refused too many.",
                refused::refusedUnasked);
        gauge(
                registry,
                "access_changes_listening",
                "1 while GitLab tells when access changes, else 0.",
                () -> access.listening() ? 1 : 0);
        counter(registry, "audit_records_dropped_total", "Records of requests that were lost.", audit::dropped);
        gauge(registry, "k8s_api_proxy_requests_in_flight", "Requests being served.", proxy::inFlight);
        counter(registry, "k8s_api_proxy_requests_total", "Requests that came.", proxy::requests);
        counter(registry, "k8s_api_proxy_refused_total", "Requests that may not pass.", proxy::refused);
        counter(registry, "k8s_api_proxy_failed_total", "Requests without a whole answer.", proxy::failed);
        counter(registry, "k8s_api_proxy_cut_total", "Requests cut because they may not go on.", proxy::cut);
        counter(registry, "k8s_api_proxy_upgraded_total", "Connections that became streams.", proxy::upgraded);
        counter(registry, "k8s_api_proxy_bytes_to_cluster_total", "Body bytes.", proxy::bytesToCluster);
        counter(registry, "k8s_api_proxy_bytes_to_client_total", "Body bytes.", proxy::bytesToClient);
    }

    /** Of one of several kas. */
    static void register(PrometheusRegistry registry, TunnelRouter router, AgentDirectory directory) {
        gauge(
                registry,
                "other_kas_count",
                "Other kas that are alive, as far as is known.",
                () -> directory.others().size());
        gauge(
                registry,
                "kas_registry_up",
                "1 while the registry of who has which agent is there, else 0.",
                () -> directory.current() ? 1 : 0);
        counter(
                registry,
                "k8s_api_proxy_forwarded_total",
                "Requests that went through another kas's tunnel.",
                router::forwarded);
        counter(
                registry,
                "k8s_api_proxy_routing_timeout_total",
                "Requests for which no kas had a tunnel.",
                router::notFound);
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsLong()))
                .register(registry);
    }

    private static void counter(PrometheusRegistry registry, String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsLong()))
                .register(registry);
    }
}
