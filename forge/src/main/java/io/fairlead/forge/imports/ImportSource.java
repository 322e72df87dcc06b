package io.fairlead.forge.imports;

import io.fairlead.forge.git.RemoteImport.SignIn;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where an import comes from.
 *
 * @param url without name and password
 */
record ImportSource(URI url, Optional<SignIn> signIn) {
    private static final int LENGTH_MAX = 2_048;
    private static final int PORT_FREE = 1_024;

    /** Http or https, a host, perhaps name and password, and a path; a query could hold a secret, so there is none. */
    static Optional<ImportSource> read(String text) {
        try {
            URI given = new URI(text.strip());
            boolean valid = text.length() <= LENGTH_MAX
                    && given.getScheme() != null
                    && given.getScheme().matches("(?i)https?")
                    && given.getHost() != null
                    && given.getRawQuery() == null
                    && given.getRawFragment() == null
                    && given.toASCIIString().equals(given.toString())
                    && allowed(given);
            if (!valid) {
                return Optional.empty();
            }
            String port = given.getPort() < 0 ? "" : ":" + given.getPort();
            URI bare = new URI(given.getScheme() + "://" + given.getHost() + port + given.getRawPath());
            return Optional.of(new ImportSource(bare, signIn(given.getRawUserInfo())));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Ports below 1024 belong to services that are no websites, but for the two that are. GitLab's rule. */
    private static boolean allowed(URI url) {
        int port = url.getPort();
        return port < 0 || port == 80 || port == 443 || (port >= PORT_FREE && port <= 65_535);
    }

    private static Optional<SignIn> signIn(@org.jspecify.annotations.Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return Optional.empty();
        }
        int colon = raw.indexOf(':');
        return Optional.of(
                colon < 0
                        ? new SignIn(decoded(raw), "")
                        : new SignIn(decoded(raw.substring(0, colon)), decoded(raw.substring(colon + 1))));
    }

    private static String decoded(String raw) {
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
