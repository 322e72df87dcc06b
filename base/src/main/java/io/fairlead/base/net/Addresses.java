package io.fairlead.base.net;

import io.fairlead.base.config.ConfigAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How programs on this machine reach a listener. */
public final class Addresses {
    private Addresses() {}

    /** {@code host:port}; the loopback address for a listener on all addresses. */
    public static String reachable(InetSocketAddress listener) {
        return ConfigAddresses.text(local(listener));
    }

    /** The listener's address, or the loopback address for a listener on all addresses. */
    public static InetSocketAddress local(InetSocketAddress listener) {
        return listener.getAddress() != null && listener.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.getPort())
                : listener;
    }
}
