package io.fairlead.base.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Chooses ports before anything listens on them: forge and kas are told each other's addresses before either starts, and
 * URLs with the public port are shown by both.
 */
public final class FreePort {
    private FreePort() {}

    /** {@code address} with a port that was free a moment ago in place of port 0. */
    public static InetSocketAddress of(InetSocketAddress address) throws IOException {
        if (address.getPort() != 0) {
            return address;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(address);
            return new InetSocketAddress(address.getAddress(), probe.getLocalPort());
        }
    }
}
