package io.fairlead.apps.agentk;

import java.util.List;
import java.util.Optional;

/**
 * agentk's options, named as in GitLab's agentk and, where they are about the cluster, as in kubectl. There is none for a
 * token: command lines can be read by everyone on a machine.
 *
 * <p>The agent's image reads them without a library ({@link AgentkArguments}): picocli and what it brings to life are some
 * 250 classes that every agent would hold for as long as it runs. {@code fairlead agentk} makes its help and completion of
 * this same list.
 */
public enum AgentkOption {
    KAS_ADDRESS("URL", "Where kas is: grpc://, grpcs://, ws:// or wss://.", "--kas-address"),
    TOKEN_FILE(
            "FILE",
            "File with the agent's token, read again every 5 s (or the token itself in AGENTK_TOKEN).",
            "--token-file"),
    CA_CERT_FILE(
            "FILE", "Certificates to trust for kas beside the usual ones.", "--ca-cert-file", "--kas-ca-cert-file"),
    KAS_HEADER("'NAME: VALUE'", "A header to send to kas, for gateways before it; repeatable.", "--kas-header"),
    KAS_INSECURE("", "Accept any certificate of kas. For trials only.", "--kas-insecure-skip-tls-verify"),
    KAS_SERVER_NAME("NAME", "The name in kas's certificate when it is not the address's.", "--kas-tls-server-name"),
    KUBECONFIG("FILE", "Kubeconfig to use (KUBECONFIG; default in a pod: its service account).", "--kubeconfig"),
    CONTEXT("NAME", "The kubeconfig's context to use.", "--context"),
    SERVER("URL", "The API server, instead of the one found.", "--server", "-s"),
    NAMESPACE("NAME", "Namespace the agent runs in (default: the pod's).", "--namespace", "-n"),
    CERTIFICATE_AUTHORITY(
            "FILE", "Certificates to trust for the API server, and no others.", "--certificate-authority"),
    INSECURE("", "Accept any certificate of the API server. For trials only.", "--insecure-skip-tls-verify"),
    LOCAL_POLICY_FILE(
            "FILE",
            "Whom requests may act as in this cluster, and where, whatever kas says (AGENTK_LOCAL_POLICY_FILE); read at"
                    + " the start.",
            "--local-policy-file"),
    PLAIN_REFUSALS(
            "",
            "Pass refusals of the API server as they come, without who was refused and what would let them.",
            "--plain-refusals"),
    NO_FLUX("", "Do not tell Flux of pushes to the repositories that it follows.", "--no-flux"),
    OBSERVABILITY_NETWORK("NETWORK", "tcp, tcp4 or tcp6 (default tcp).", "--observability-listen-network"),
    OBSERVABILITY_ADDRESS(
            "ADDRESS", "Where metrics and probes are served (default :8080).", "--observability-listen-address"),
    OBSERVABILITY_CERT_FILE(
            "FILE",
            "Serve them over TLS with this certificate; --observability-key-file belongs to it.",
            "--observability-cert-file"),
    OBSERVABILITY_KEY_FILE("FILE", "The certificate's key.", "--observability-key-file"),
    READY_FILE("FILE", "Write this file once the agent serves; it says where metrics and probes are.", "--ready-file"),
    LOG_LEVEL(
            "LEVEL",
            "debug, info, warn or error (default info); the agent's configuration may change it later.",
            "--log-level");

    private final String label;
    private final String description;
    private final List<String> names;

    AgentkOption(String label, String description, String... names) {
        this.label = label;
        this.description = description;
        this.names = List.of(names);
    }

    /** As they are typed, the usual one first. */
    public List<String> names() {
        return names;
    }

    /** What stands for the value in help; empty for a switch, which has none. */
    public String label() {
        return label;
    }

    public String description() {
        return description;
    }

    public boolean isSwitch() {
        return label.isEmpty();
    }

    /** Whether it may be given more than once. */
    public boolean isRepeatable() {
        return this == KAS_HEADER;
    }

    static Optional<AgentkOption> named(String name) {
        for (AgentkOption option : values()) {
            if (option.names.contains(name)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }
}
