package io.fairlead.apps.server;

import io.fairlead.apps.forge.ProcessOptions;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code fairlead server}; each sets a key of its configuration. */
final class ServerProcessOptions {
    @Mixin
    private ProcessOptions shared = new ProcessOptions();

    @Option(names = "--https-port", paramLabel = "PORT", description = "Port for HTTPS (default 8443); 0 for any.")
    private Optional<Integer> httpsPort = Optional.empty();

    @Option(
            names = "--grpc-port",
            paramLabel = "PORT",
            description = "Port for agents that speak gRPC without WebSocket (default 8150); 0 for any.")
    private Optional<Integer> grpcPort = Optional.empty();

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            description = "A name or address by which clients call the server, for its certificate; repeatable.")
    private List<String> names = List.of();

    /** The effective configuration. */
    LoadedConfig<ServerConfig> load(Environment environment) {
        Map<String, ConfigInput.Flag> flags = shared.flags();
        if (!names.isEmpty()) {
            flags.put("https.names", new ConfigInput.Flag("--tls-name", String.join(",", names)));
        }
        shared.address(flags, "https.address", "--https-port", httpsPort, 8443);
        shared.address(flags, "agent.listen.address", "--grpc-port", grpcPort, 8150);
        return shared.load(environment, flags, ServerConfig::read);
    }
}
