package io.fairlead.forge.hook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which addresses hooks may call. Whoever may make a hook makes this server call where they could not reach themselves, so
 * everything that is not plainly the public internet is refused unless the configuration allows it.
 */
public enum HookAddresses {
    PUBLIC_ONLY,
    ALSO_LOCAL;

    private static final Logger log = LoggerFactory.getLogger(HookAddresses.class);

    /** Whether a connection to it may be made. */
    public boolean allows(InetAddress address) {
        return this == ALSO_LOCAL || (isPublic(address) && !isOurs(address));
    }

    /** What listens on this machine may be meant for it alone, also at an address that the internet could reach. */
    static boolean isOurs(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            log.warn("whether {} is an address of this machine cannot be found out", address, e);
            return true;
        }
    }

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        return switch (address) {
            case Inet4Address four -> isPublic(four.getAddress());
            case Inet6Address six -> isPublic6(six.getAddress());
            default -> false;
        };
    }

    private static boolean isPublic(byte[] four) {
        int a = four[0] & 0xff;
        int b = four[1] & 0xff;
        int c = four[2] & 0xff;
        boolean shared = a == 100 && b >= 64 && b < 128;
        boolean assigned = a == 192 && b == 0 && (c == 0 || c == 2);
        boolean measured = a == 198 && (b == 18 || b == 19 || (b == 51 && c == 100));
        boolean documented = a == 203 && b == 0 && c == 113;
        return a != 0 && a != 10 && a != 127 && a < 224 && !shared && !assigned && !measured && !documented;
    }

    /** Only what is handed out for the internet (2000::/3), without the parts that carry an IPv4 address within. */
    private static boolean isPublic6(byte[] six) {
        int first = (six[0] & 0xff) << 8 | (six[1] & 0xff);
        int second = (six[2] & 0xff) << 8 | (six[3] & 0xff);
        boolean global = (first & 0xe000) == 0x2000;
        boolean sixToFour = first == 0x2002;
        boolean special = first == 0x2001 && (second < 0x200 || second == 0xdb8);
        boolean documented = first == 0x3fff && second < 0x1000;
        return global && !sixToFour && !special && !documented;
    }
}
