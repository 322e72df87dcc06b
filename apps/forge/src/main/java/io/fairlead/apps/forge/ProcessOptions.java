package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigException;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The options that {@code fairlead server} and {@code fairlead forge} share; each sets a key of the configuration. */
public final class ProcessOptions {
    /** Variables that are not keys: the command line's own, and the launcher's. */
    private static final Set<String> RESERVED = Set.of(
            "FAIRLEAD_URL",
            "FAIRLEAD_TOKEN",
            "FAIRLEAD_TOKEN_FILE",
            "FAIRLEAD_CA_FILE",
            "FAIRLEAD_JAVA",
            "FAIRLEAD_JAVA_OPTS",
            "FAIRLEAD_CLUSTER_DIR",
            "FAIRLEAD_CLUSTER_PORT");

    private static final int PORT_MAX = 65_535;

    @Option(
            names = {"-c", "--configuration-file"},
            paramLabel = "FILE",
            description = "Configuration in YAML; \"fairlead config show\" prints the effective one.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Keeps everything (default: FAIRLEAD_DATA_DIR, or fairlead in the XDG data folder).")
    private Optional<String> dataDir = Optional.empty();

    @Option(
            names = "--listen-host",
            paramLabel = "ADDRESS",
            description = "Serve on this address instead of 127.0.0.1; 0.0.0.0 for all of the machine's.")
    private Optional<String> listenHost = Optional.empty();

    @Option(names = "--http-port", paramLabel = "PORT", description = "Port for clear text (default 8080); 0 for any.")
    private Optional<Integer> httpPort = Optional.empty();

    @Option(names = "--ssh-port", paramLabel = "PORT", description = "Port for Git over SSH (default 2222); 0 for any.")
    private Optional<Integer> sshPort = Optional.empty();

    @Option(
            names = "--observability-port",
            paramLabel = "PORT",
            description = "Port for metrics and probes, on 127.0.0.1; 0 for any.")
    private Optional<Integer> observabilityPort = Optional.empty();

    @Option(
            names = "--external-url",
            paramLabel = "URL",
            description = "What people and agents call the server (default: the address it serves on).")
    private Optional<String> externalUrl = Optional.empty();

    @Option(
            names = "--database-host",
            paramLabel = "HOST",
            description =
                    "Keep people, projects and tokens in PostgreSQL there instead of the data folder; the other keys"
                            + " are below \"database\" in the configuration.")
    private Optional<String> databaseHost = Optional.empty();

    @Option(names = "--database-password-file", paramLabel = "FILE", description = "Holds the password for that.")
    private Optional<String> databasePasswordFile = Optional.empty();

    /** The flags so far, for {@link #load}; more may be added. */
    public Map<String, ConfigInput.Flag> flags() {
        Map<String, ConfigInput.Flag> flags = new HashMap<>();
        put(flags, "data_dir", "--data-dir", dataDir);
        put(flags, "database.adapter", "--database-host", databaseHost.map(host -> "postgresql"));
        put(flags, "database.host", "--database-host", databaseHost);
        put(flags, "database.password_file", "--database-password-file", databasePasswordFile);
        put(flags, "external_url", "--external-url", externalUrl);
        address(flags, "http.address", "--http-port", httpPort, 8080);
        address(flags, "ssh.address", "--ssh-port", sshPort, SshKeys.PORT);
        put(
                flags,
                "observability.listen.address",
                "--observability-port",
                observabilityPort.map(port -> "127.0.0.1:" + checked("--observability-port", port)));
        return flags;
    }

    /** Sets {@code key} by {@code option} when there is a value. */
    public static void put(Map<String, ConfigInput.Flag> flags, String key, String option, Optional<String> value) {
        value.ifPresent(text -> flags.put(key, new ConfigInput.Flag(option, text)));
    }

    /** Sets a listener's address when its port or the host of all listeners was given. */
    public void address(
            Map<String, ConfigInput.Flag> flags, String key, String option, Optional<Integer> port, int standardPort) {
        if (port.isPresent() || listenHost.isPresent()) {
            String host = listenHost
                    .map(name -> name.contains(":") ? "[" + name + "]" : name)
                    .orElse("127.0.0.1");
            String name = port.isPresent() ? option : "--listen-host";
            flags.put(key, new ConfigInput.Flag(name, host + ":" + checked(option, port.orElse(standardPort))));
        }
    }

    private static int checked(String option, int port) {
        if (port < 0 || port > PORT_MAX) {
            throw new ConfigException(option + " must be a port from 0 to " + PORT_MAX + ", but is " + port);
        }
        return port;
    }

    /** The effective configuration. */
    public <T> LoadedConfig<T> load(
            Environment environment,
            Map<String, ConfigInput.Flag> flags,
            BiFunction<ConfigSection, Environment, T> mapping) {
        return load(new ConfigInput(file, environment, flags, RESERVED), mapping);
    }

    /** The effective configuration when there are no options but a file. */
    public static <T> LoadedConfig<T> load(
            Path file, Environment environment, BiFunction<ConfigSection, Environment, T> mapping) {
        return load(new ConfigInput(Optional.of(file), environment, Map.of(), RESERVED), mapping);
    }

    private static <T> LoadedConfig<T> load(ConfigInput input, BiFunction<ConfigSection, Environment, T> mapping) {
        return ConfigLoader.load(input, root -> mapping.apply(root, input.environment()));
    }
}
