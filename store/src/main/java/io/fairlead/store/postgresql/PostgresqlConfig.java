package io.fairlead.store.postgresql;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Which PostgreSQL, and as whom.
 *
 * @param host a name or an address
 * @param database must exist and belong to {@code username}
 * @param passwordFile holds the password and nothing else; none: the server asks for none
 * @param rootCertificate trusted for the server's certificate, PEM; none: the usual authorities
 * @param poolSize connections at once, 1 at least
 */
public record PostgresqlConfig(
        String host,
        int port,
        String database,
        String username,
        Optional<Path> passwordFile,
        SslMode sslMode,
        Optional<Path> rootCertificate,
        int poolSize) {
    public static final int PORT = 5432;

    /** A forge keeps some of them busy; GitLab's own default is of that size too. */
    public static final int POOL_SIZE = 10;

    /** How people write which database it is. */
    public String place() {
        return database + " at " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
