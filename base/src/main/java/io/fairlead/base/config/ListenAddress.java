package io.fairlead.base.config;

import io.fairlead.base.net.TrustedProxies;
import java.net.InetSocketAddress;
import java.util.Set;

/** The keys {@code network} and {@code address} that each listener has in GitLab's configurations, and one of ours. */
public final class ListenAddress {
    private static final Set<String> NETWORKS = Set.of("tcp", "tcp4", "tcp6");

    private ListenAddress() {}

    /** Reads them. */
    public static InetSocketAddress read(ConfigSection section, String defaultAddress) {
        String network = section.string("network", "tcp");
        if (!NETWORKS.contains(network)) {
            section.problem("network", "network \"" + network + "\" is not supported; use tcp");
        }
        return section.address("address", defaultAddress);
    }

    /** {@code trusted_proxies}: the addresses and networks whose X-Forwarded-For is believed. */
    public static TrustedProxies trustedProxies(ConfigSection section, TrustedProxies fallback) {
        String key = "trusted_proxies";
        try {
            return TrustedProxies.of(section.strings(
                    key, fallback.networks().stream().map(Object::toString).toList()));
        } catch (IllegalArgumentException e) {
            section.problem(key, key + ": " + e.getMessage());
            return fallback;
        }
    }
}
