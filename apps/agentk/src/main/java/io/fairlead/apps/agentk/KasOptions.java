package io.fairlead.apps.agentk;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options about the way to kas, named as in GitLab's agentk. */
public final class KasOptions {
    @Option(
            names = "--kas-address",
            paramLabel = "URL",
            required = true,
            description = "Where kas is: grpc://, grpcs://, ws:// or wss://.")
    String address = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the agent's token, read again for each connection (or the token itself in"
                    + " AGENTK_TOKEN).")
    Optional<Path> tokenFile = Optional.empty();

    @Option(
            names = {"--ca-cert-file", "--kas-ca-cert-file"},
            paramLabel = "FILE",
            description = "Certificates to trust for kas beside the usual ones.")
    Optional<Path> caFile = Optional.empty();

    @Option(
            names = "--kas-header",
            paramLabel = "'NAME: VALUE'",
            description = "A header to send to kas, for gateways before it; repeatable.")
    List<String> headers = List.of();

    @Option(names = "--kas-insecure-skip-tls-verify", description = "Accept any certificate of kas. For trials only.")
    boolean insecureSkipVerify;

    @Option(
            names = "--kas-tls-server-name",
            paramLabel = "NAME",
            description = "The name in kas's certificate when it is not the address's.")
    Optional<String> tlsServerName = Optional.empty();
}
