package io.fairlead.cli.forge;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Being signed in at a server, as {@code fairlead login} left it.
 *
 * @param token shown to the server; a secret
 * @param caFile certificates to trust for it
 */
public record SignIn(URI url, String token, Optional<Path> caFile) {
    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "sign-in at " + url;
    }
}
