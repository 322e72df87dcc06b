package io.fairlead.apps.agentk;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options about metrics, probes and logs, named as in GitLab's agentk where it has them. */
public final class ObservabilityOptions {
    @Option(
            names = "--observability-listen-network",
            paramLabel = "NETWORK",
            defaultValue = "tcp",
            description = "tcp, tcp4 or tcp6 (default ${DEFAULT-VALUE}).")
    String network = "tcp";

    @Option(
            names = "--observability-listen-address",
            paramLabel = "ADDRESS",
            defaultValue = ":8080",
            description = "Where metrics and probes are served (default ${DEFAULT-VALUE}).")
    String address = ":8080";

    @Option(
            names = "--observability-cert-file",
            paramLabel = "FILE",
            description = "Serve them over TLS with this certificate; --observability-key-file belongs to it.")
    Optional<Path> certificateFile = Optional.empty();

    @Option(names = "--observability-key-file", paramLabel = "FILE", description = "The certificate's key.")
    Optional<Path> keyFile = Optional.empty();

    @Option(
            names = "--ready-file",
            paramLabel = "FILE",
            description = "Write this file once the agent serves; it says where metrics and probes are.")
    Optional<Path> readyFile = Optional.empty();

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description =
                    "debug, info, warn or error (default ${DEFAULT-VALUE}); the agent's configuration may change it"
                            + " later.")
    String logLevel = "info";
}
