package io.fairlead.forge.hook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Addresses of hooks: http or https, a host, no name and password in it. */
final class HookUrl {
    private static final int LENGTH_MAX = 2_048;
    private static final int PORT_FREE = 1_024;

    private HookUrl() {}

    /** Ports below 1024 belong to services that are no websites, but for the two that are. GitLab's rule. */
    static Optional<URI> read(String text) {
        try {
            URI url = new URI(text.strip());
            boolean valid = text.length() <= LENGTH_MAX
                    && url.getScheme() != null
                    && url.getScheme().matches("(?i)https?")
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.toASCIIString().equals(url.toString())
                    && (port(url) == 80 || port(url) == 443 || (port(url) >= PORT_FREE && port(url) <= 65_535));
            return valid ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    /** What goes into {@code Host}. */
    static String authority(URI url) {
        return url.getPort() >= 0 ? url.getHost() + ":" + url.getPort() : url.getHost();
    }

    static String target(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }
}
