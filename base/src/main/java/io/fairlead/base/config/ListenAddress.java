package io.fairlead.base.config;

import java.net.InetSocketAddress;
import java.util.Set;

/** The keys {@code network} and {@code address} that each listener has in GitLab's configurations. */
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
}
