package io.fairlead.store.valkey;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the server is and how kas signs in there; the keys below {@code redis} of kas's configuration.
 *
 * @param databaseIndex which of the server's numbered databases
 * @param keyPrefix what every key and channel of ours begins with
 * @param passwordFile the password and nothing else
 * @param tls how the connection is secured; clear text without it
 * @param dialTimeout how long connecting may take
 * @param commandTimeout how long an answer may take
 */
public record ValkeyConfig(
        String host,
        int port,
        int databaseIndex,
        String keyPrefix,
        Optional<String> username,
        Optional<Path> passwordFile,
        Optional<Tls> tls,
        Duration dialTimeout,
        Duration commandTimeout) {
    /**
     * @param caFile authorities trusted instead of the usual ones
     * @param certificateFile what kas shows, together with {@code keyFile}
     */
    public record Tls(Optional<Path> caFile, Optional<Path> certificateFile, Optional<Path> keyFile) {}

    /** In clear text without a password, with GitLab's defaults. */
    public static ValkeyConfig at(String host, int port) {
        return new ValkeyConfig(
                host,
                port,
                0,
                "gitlab-kas",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(3));
    }
}
