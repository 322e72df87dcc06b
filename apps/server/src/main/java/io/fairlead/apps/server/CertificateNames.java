package io.fairlead.apps.server;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The names and addresses by which clients may call this machine, for the certificate that the local CA issues. */
final class CertificateNames {
    private CertificateNames() {}

    /** Those of loopback, of {@code listen} and the given ones; of every interface when it listens on all. */
    static Set<String> of(InetAddress listen, List<String> given) {
        Set<String> names = new TreeSet<>(given);
        names.addAll(List.of("localhost", "127.0.0.1", "::1"));
        try {
            names.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // The machine does not know its own name, so nobody calls it by that.
            names.add("localhost");
        }
        if (!listen.isAnyLocalAddress()) {
            names.add(plain(listen));
            return names;
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .forEach(address -> names.add(plain(address)));
        } catch (SocketException e) {
            return names;
        }
        return names;
    }

    private static String plain(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
