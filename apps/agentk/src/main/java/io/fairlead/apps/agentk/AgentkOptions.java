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
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import io.fairlead.wire.grpc.AgentChannelConfig;
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

/** agentk's options and environment; {@link #config} checks them all and tells every mistake at once. */
public final class AgentkOptions {
    private static final Set<String> NETWORKS = Set.of("tcp", "tcp4", "tcp6");

    private final AgentkArguments arguments;
    private final List<ConfigProblem> problems = new ArrayList<>();

    public AgentkOptions(AgentkArguments arguments) {
        this.arguments = arguments;
    }

    /**
     * The agent's configuration.
     *
     * @throws ConfigException with every mistake
     */
    public AgentkConfig config(Environment environment, Scheduler time) {
        problems.clear();
        KasAddress address = checked(() -> KasAddress.parse(text(AgentkOption.KAS_ADDRESS, "")));
        AgentTokenSource token = checked(() -> token(environment, time));
        KubeConnection cluster = checked(() -> cluster(environment));
        Optional<LocalPolicy> policy = policy(environment);
        Map<String, List<String>> headers = headers();
        ObservabilityConfig listener = listener();
        Level level = level();
        Optional<Path> caFile = file(AgentkOption.CA_CERT_FILE);
        if (caFile.isPresent() && !Files.isReadable(caFile.get())) {
            problem("--ca-cert-file", "the file " + caFile.get() + " cannot be read");
        }
        Optional<Path> certificate = file(AgentkOption.OBSERVABILITY_CERT_FILE);
        Optional<Path> key = file(AgentkOption.OBSERVABILITY_KEY_FILE);
        if (certificate.isPresent() != key.isPresent()) {
            problem("--observability-cert-file", "it and --observability-key-file belong together: set both or none");
        }
        if (!problems.isEmpty() || address == null || token == null || cluster == null || listener == null) {
            throw new ConfigException(problems);
        }
        return new AgentkConfig(
                address,
                token,
                caFile,
                headers,
                arguments.has(AgentkOption.KAS_INSECURE),
                arguments.value(AgentkOption.KAS_SERVER_NAME),
                cluster,
                policy,
                !arguments.has(AgentkOption.PLAIN_REFUSALS),
                !arguments.has(AgentkOption.NO_FLUX),
                listener,
                certificate.flatMap(one -> key.map(other -> new AgentkConfig.TlsFiles(one, other))),
                file(AgentkOption.READY_FILE),
                level,
                environment
                        .value("POD_NAME")
                        .or(() -> environment.value("HOSTNAME"))
                        .orElse("agentk"),
                environment.value("POD_NAMESPACE").orElse(cluster.namespace()));
    }

    private AgentTokenSource token(Environment environment, Scheduler time) {
        Optional<String> text = environment.value("AGENTK_TOKEN");
        Optional<Path> file = file(AgentkOption.TOKEN_FILE);
        if (text.isPresent() == file.isPresent()) {
            throw new FairleadException(
                    "agent-token.unset",
                    text.isPresent()
                            ? "both --token-file and AGENTK_TOKEN are set; keep one"
                            : "the agent needs a token: name its file with --token-file, or set AGENTK_TOKEN");
        }
        return file.isPresent()
                ? AgentTokenSource.InFile.open(file.get(), time)
                : AgentTokenSource.fixed(text.orElseThrow());
    }

    private KubeConnection cluster(Environment environment) {
        KubeConnection found = file(AgentkOption.KUBECONFIG)
                .or(() -> environment.value("KUBECONFIG").map(Path::of))
                .map(file -> Kubeconfig.connection(file, arguments.value(AgentkOption.CONTEXT)))
                .or(() -> InCluster.connection(environment, InCluster.SERVICE_ACCOUNT_FILES))
                .orElseThrow(() -> new FairleadException(
                        "kube.unknown", "no API server is known: this is no pod, so name one with --kubeconfig"));
        Optional<String> server = arguments.value(AgentkOption.SERVER);
        if (server.isPresent()) {
            found = found.withServer(KubeConnection.url(server.get()));
        }
        Optional<String> namespace = arguments.value(AgentkOption.NAMESPACE);
        if (namespace.isPresent()) {
            found = found.withNamespace(namespace.get());
        }
        if (arguments.has(AgentkOption.INSECURE)) {
            return found.withoutVerification();
        }
        Optional<Path> authority = file(AgentkOption.CERTIFICATE_AUTHORITY);
        return authority.isPresent() ? found.withCertificateAuthority(content(authority.get())) : found;
    }

    /** A policy that cannot be read is none that could be obeyed: the agent does not start. */
    private Optional<LocalPolicy> policy(Environment environment) {
        Optional<Path> file = file(AgentkOption.LOCAL_POLICY_FILE)
                .or(() -> environment.value("AGENTK_LOCAL_POLICY_FILE").map(Path::of));
        try {
            return file.map(LocalPolicyFile::read);
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return Optional.empty();
        }
    }

    private Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String header : arguments.values(AgentkOption.KAS_HEADER)) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                problem("--kas-header", "it must look like 'Name: value', but \"" + header.strip() + "\" has no name");
                continue;
            }
            String name = header.substring(0, colon).strip();
            String value = header.substring(colon + 1).strip();
            AgentChannelConfig.headerFault(name, value).ifPresent(fault -> problem("--kas-header", fault));
            headers.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        }
        return headers;
    }

    private @Nullable ObservabilityConfig listener() {
        String network = text(AgentkOption.OBSERVABILITY_NETWORK, "tcp");
        if (!NETWORKS.contains(network)) {
            problem("--observability-listen-network", "\"" + network + "\" is not supported; use tcp");
        }
        String given = text(AgentkOption.OBSERVABILITY_ADDRESS, ":8080");
        Optional<InetSocketAddress> address = ConfigAddresses.parse(given);
        if (address.isEmpty()) {
            problem("--observability-listen-address", "it must be an address such as :8080, but is \"" + given + "\"");
            return null;
        }
        return new ObservabilityConfig(address.get(), "/metrics", "/liveness", "/readiness");
    }

    private Level level() {
        String wish = text(AgentkOption.LOG_LEVEL, "info");
        try {
            return Level.valueOf(wish.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            problem("--log-level", "it must be debug, info, warn or error, but is \"" + wish + "\"");
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

    private String text(AgentkOption option, String standard) {
        return arguments.value(option).orElse(standard);
    }

    private Optional<Path> file(AgentkOption option) {
        return arguments.value(option).map(Path::of);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new FairleadException("file.unreadable", "the file " + file + " cannot be read: " + e, e);
        }
    }
}
