package io.fairlead.base.metrics;

import io.fairlead.base.config.ConfigAddresses;
import java.net.InetSocketAddress;

/** Where metrics and probes are served. Paths begin with a slash. */
public record ObservabilityConfig(
        InetSocketAddress address, String metricsPath, String livenessPath, String readinessPath) {
    /** GitLab's paths on {@code address}. */
    public static ObservabilityConfig on(String address) {
        InetSocketAddress parsed = ConfigAddresses.parse(address)
                .orElseThrow(() -> new IllegalArgumentException("not an address: " + address));
        return new ObservabilityConfig(parsed, "/metrics", "/liveness", "/readiness");
    }
}
