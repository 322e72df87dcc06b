package io.fairlead.base.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * From where a connection comes, as far as one person can hardly change it: an IPv4 address, or an IPv6 network of 64 bits,
 * of which whoever has one address commonly has all.
 */
public final class ClientSource {
    private static final int NETWORK_BYTES = 8;

    private ClientSource() {}

    public static String of(@Nullable SocketAddress address) {
        InetAddress known = address instanceof InetSocketAddress inet ? inet.getAddress() : null;
        return known == null ? "this process" : of(known);
    }

    public static String of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] network = Arrays.copyOf(address.getAddress(), address.getAddress().length);
        Arrays.fill(network, NETWORK_BYTES, network.length, (byte) 0);
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("16 bytes are an address", e);
        }
    }
}
