package io.fairlead.apps.agentk;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * The options about the way to the API server, named as in kubectl. There is none for a token: command lines can be read by
 * everyone on a machine, so it comes from the service account or a kubeconfig.
 */
public final class KubectlOptions {
    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description = "Kubeconfig to use (KUBECONFIG; default in a pod: its service account).")
    Optional<Path> kubeconfig = Optional.empty();

    @Option(names = "--context", paramLabel = "NAME", description = "The kubeconfig's context to use.")
    Optional<String> context = Optional.empty();

    @Option(
            names = {"-s", "--server"},
            paramLabel = "URL",
            description = "The API server, instead of the one found.")
    Optional<URI> server = Optional.empty();

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            description = "Namespace the agent runs in (default: the pod's).")
    Optional<String> namespace = Optional.empty();

    @Option(
            names = "--certificate-authority",
            paramLabel = "FILE",
            description = "Certificates to trust for the API server, and no others.")
    Optional<Path> certificateAuthority = Optional.empty();

    @Option(
            names = "--insecure-skip-tls-verify",
            description = "Accept any certificate of the API server. For trials only.")
    boolean insecureSkipVerify;
}
