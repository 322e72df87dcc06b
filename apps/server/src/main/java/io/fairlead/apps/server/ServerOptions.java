package io.fairlead.apps.server;

import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** The options of {@code fairlead server}; each sets a key of its configuration. */
final class ServerOptions {
    /** Variables that are not keys: the command line's own, and the launcher's. */
    static final Set<String> RESERVED = Set.of(
            "FAIRLEAD_URL",
            "FAIRLEAD_TOKEN",
            "FAIRLEAD_TOKEN_FILE",
            "FAIRLEAD_CA_FILE",
            "FAIRLEAD_JAVA",
            "FAIRLEAD_JAVA_OPTS",
            "FAIRLEAD_CLUSTER_DIR",
            "FAIRLEAD_CLUSTER_PORT");

    @Option(
            names = {"-c", "--configuration-file"},
            paramLabel = "FILE",
            description = "Configuration in YAML; \"fairlead config show\" prints the effective one.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Keeps everything (default: FAIRLEAD_DATA_DIR, or" + " fairlead in the XDG data folder).")
    private Optional<String> dataDir = Optional.empty();

    @Option(
            names = "--listen-host",
            paramLabel = "ADDRESS",
            description = "Serve on this address instead of 127.0.0.1; 0.0.0.0 for all of the machine's.")
    private Optional<String> listenHost = Optional.empty();

    @Option(names = "--https-port", paramLabel = "PORT", description = "Port for HTTPS (default 8443); 0 for any.")
    private Optional<Integer> httpsPort = Optional.empty();

    @Option(names = "--http-port", paramLabel = "PORT", description = "Port for clear text (default 8080); 0 for any.")
    private Optional<Integer> httpPort = Optional.empty();

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "Port for agents that speak gRPC without WebSocket (default 8150); 0 for any.")
    private Optional<Integer> grpcPort = Optional.empty();

    @Option(
            names = "--observability-port",
            paramLabel = "PORT",
            description = "Port for metrics and probes, on 127.0.0.1 (default 8151); 0 for any.")
    private Optional<Integer> observabilityPort = Optional.empty();

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            description = "A name or address by which clients call the server, for its certificate; repeatable.")
    private List<String> names = List.of();

    @Option(
            names = "--external-url",
            paramLabel = "URL",
            description = "What people and agents call the server (default: its HTTPS address).")
    private Optional<String> externalUrl = Optional.empty();

    /** The effective configuration. */
    LoadedConfig<ServerConfig> load(Environment environment) {
        Map<String, ConfigInput.Flag> flags = new HashMap<>();
        dataDir.ifPresent(value -> flags.put("data_dir", new ConfigInput.Flag("--data-dir", value)));
        externalUrl.ifPresent(value -> flags.put("external_url", new ConfigInput.Flag("--external-url", value)));
        if (!names.isEmpty()) {
            flags.put("https.names", new ConfigInput.Flag("--tls-name", String.join(",", names)));
        }
        address(flags, "https.address", "--https-port", httpsPort, 8443);
        address(flags, "http.address", "--http-port", httpPort, 8080);
        address(flags, "agent.listen.address", "--grpc-port", grpcPort, 8150);
        observabilityPort.ifPresent(port -> flags.put(
                "observability.listen.address", new ConfigInput.Flag("--observability-port", "127.0.0.1:" + port)));
        ConfigInput input = new ConfigInput(file, environment, flags, RESERVED);
        return ConfigLoader.load(input, root -> ServerConfig.read(root, environment));
    }

    private void address(
            Map<String, ConfigInput.Flag> flags, String key, String option, Optional<Integer> port, int standardPort) {
        if (port.isPresent() || listenHost.isPresent()) {
            String host = listenHost
                    .map(name -> name.contains(":") ? "[" + name + "]" : name)
                    .orElse("127.0.0.1");
            String name = port.isPresent() ? option : "--listen-host";
            flags.put(key, new ConfigInput.Flag(name, host + ":" + port.orElse(standardPort)));
        }
    }
}
