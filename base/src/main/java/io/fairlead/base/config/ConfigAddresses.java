package io.fairlead.base.config;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Listen addresses as operators write them: {@code 127.0.0.1:8150}, {@code [::1]:8150}, {@code :8080}. */
public final class ConfigAddresses {
    private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.%]+\\]|[^:\\[\\]\\s]*):(\\d{1,5})");
    private static final int PORT_MAX = 65_535;

    private ConfigAddresses() {}

    /** The address, resolved when it is a name, or nothing when the text is not one. */
    public static Optional<InetSocketAddress> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(2)) > PORT_MAX) {
            return Optional.empty();
        }
        int port = Integer.parseInt(form.group(2));
        String host = form.group(1);
        return Optional.of(host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(bare(host), port));
    }

    /** The form {@link #parse} reads. */
    public static String text(InetSocketAddress address) {
        String host = address.getHostString();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
