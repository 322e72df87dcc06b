package io.fairlead.apps.agentk;

import io.fairlead.base.config.ConfigAddresses;
import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigOrigin;
import io.fairlead.base.config.ConfigProblem;
import io.fairlead.base.env.Environment;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.metrics.ObservabilityConfig;
import io.fairlead.base.time.Scheduler;
import io.fairlead.kube.connection.InCluster;
import io.fairlead.kube.connection.KubeConnection;
import io.fairlead.kube.connection.Kubeconfig;
import io.fairlead.wire.grpc.KasAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Mixin;

/** agentk's options and environment; {@link #config} checks them all and tells every mistake at once. */
public final class AgentkOptions {
    private static final Set<String> NETWORKS = Set.of("tcp", "tcp4", "tcp6");

    @Mixin
    private KasOptions kas = new KasOptions();

    @Mixin
    private KubectlOptions kubectl = new KubectlOptions();

    @Mixin
    private ObservabilityOptions observability = new ObservabilityOptions();

    private final List<ConfigProblem> problems = new ArrayList<>();

    /**
     * The agent's configuration.
     *
     * @throws ConfigException with every mistake
     */
    public AgentkConfig config(Environment environment, Scheduler time) {
        problems.clear();
        KasAddress address = checked(() -> KasAddress.parse(kas.address));
        AgentTokenSource token = checked(() -> token(environment, time));
        KubeConnection cluster = checked(() -> cluster(environment));
        Map<String, List<String>> headers = headers();
        ObservabilityConfig listener = listener();
        Level level = level();
        if (kas.caFile.isPresent() && !Files.isReadable(kas.caFile.get())) {
            problem("--ca-cert-file", "the file " + kas.caFile.get() + " cannot be read");
        }
        if (observability.certificateFile.isPresent() != observability.keyFile.isPresent()) {
            problem("--observability-cert-file", "it and --observability-key-file belong together: set both or none");
        }
        if (!problems.isEmpty() || address == null || token == null || cluster == null || listener == null) {
            throw new ConfigException(problems);
        }
        return new AgentkConfig(
                address,
                token,
                kas.caFile,
                headers,
                kas.insecureSkipVerify,
                kas.tlsServerName,
                cluster,
                listener,
                observability.certificateFile.flatMap(
                        file -> observability.keyFile.map(key -> new AgentkConfig.TlsFiles(file, key))),
                observability.readyFile,
                level,
                environment
                        .value("POD_NAME")
                        .or(() -> environment.value("HOSTNAME"))
                        .orElse("agentk"),
                environment.value("POD_NAMESPACE").orElse(cluster.namespace()));
    }

    private AgentTokenSource token(Environment environment, Scheduler time) {
        Optional<String> text = environment.value("AGENTK_TOKEN");
        if (text.isPresent() == kas.tokenFile.isPresent()) {
            throw new FairleadException(
                    "agent-token.unset",
                    text.isPresent()
                            ? "both --token-file and AGENTK_TOKEN are set; keep one"
                            : "the agent needs a token: name its file with --token-file, or set AGENTK_TOKEN");
        }
        return kas.tokenFile.isPresent()
                ? AgentTokenSource.file(kas.tokenFile.get(), time)
                : AgentTokenSource.fixed("AGENTK_TOKEN", text.orElseThrow(), time);
    }

    private KubeConnection cluster(Environment environment) {
        KubeConnection found = kubectl.kubeconfig
                .or(() -> environment.value("KUBECONFIG").map(Path::of))
                .map(file -> Kubeconfig.connection(file, kubectl.context))
                .or(() -> InCluster.connection(environment, InCluster.SERVICE_ACCOUNT_FILES))
                .orElseThrow(() -> new FairleadException(
                        "kube.unknown", "no API server is known: this is no pod, so name one with --kubeconfig"));
        if (kubectl.server.isPresent()) {
            found = found.withServer(kubectl.server.get());
        }
        if (kubectl.namespace.isPresent()) {
            found = found.withNamespace(kubectl.namespace.get());
        }
        if (kubectl.insecureSkipVerify) {
            return found.withoutVerification();
        }
        return kubectl.certificateAuthority.isPresent()
                ? found.withCertificateAuthority(text(kubectl.certificateAuthority.get()))
                : found;
    }

    private Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String header : kas.headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                problem("--kas-header", "it must look like 'Name: value', but \"" + header.strip() + "\" has no name");
            } else {
                headers.computeIfAbsent(header.substring(0, colon).strip(), any -> new ArrayList<>())
                        .add(header.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private @Nullable ObservabilityConfig listener() {
        if (!NETWORKS.contains(observability.network)) {
            problem("--observability-listen-network", "\"" + observability.network + "\" is not supported; use tcp");
        }
        Optional<InetSocketAddress> address = ConfigAddresses.parse(observability.address);
        if (address.isEmpty()) {
            problem(
                    "--observability-listen-address",
                    "it must be an address such as :8080, but is \"" + observability.address + "\"");
            return null;
        }
        return new ObservabilityConfig(address.get(), "/metrics", "/liveness", "/readiness");
    }

    private Level level() {
        try {
            return Level.valueOf(observability.logLevel.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            problem("--log-level", "it must be debug, info, warn or error, but is \"" + observability.logLevel + "\"");
            return Level.INFO;
        }
    }

    private <T> @Nullable T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (FairleadException e) {
            problems.add(new ConfigProblem(new ConfigOrigin.Default(), String.valueOf(e.getMessage())));
            return null;
        }
    }

    private void problem(String option, String message) {
        problems.add(new ConfigProblem(new ConfigOrigin.Flag(option), message));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new FairleadException("file.unreadable", "the file " + file + " cannot be read: " + e, e);
        }
    }
}
