package io.fairlead.link.identity.kas;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** From where a connection comes, as far as one person can change it: an IPv4 address, or an IPv6 network of 64 bits. */
final class ClientSource {
    private static final int NETWORK_BYTES = 8;

    private ClientSource() {}

    static String of(@Nullable SocketAddress address) {
        InetAddress known = address instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if (known instanceof Inet6Address six) {
            return HexFormat.ofDelimiter(":").formatHex(six.getAddress(), 0, NETWORK_BYTES) + "::/64";
        }
        return known == null ? "this process" : known.getHostAddress();
    }
}
