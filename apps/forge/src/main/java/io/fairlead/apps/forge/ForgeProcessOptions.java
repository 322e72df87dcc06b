package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.LoadedConfig;
import io.fairlead.base.env.Environment;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code fairlead forge}; each sets a key of its configuration. */
final class ForgeProcessOptions {
    @Mixin
    private ProcessOptions shared = new ProcessOptions();

    @Option(
            names = "--gitaly-port",
            paramLabel = "PORT",
            description = "Port where kas reads repositories (default 8075); 0 for any.")
    private Optional<Integer> gitalyPort = Optional.empty();

    @Option(
            names = "--kas-url",
            paramLabel = "URL",
            description = "Where agents reach kas, as clients are told (default: /-/kubernetes-agent/ of this server).")
    private Optional<String> kasUrl = Optional.empty();

    @Option(
            names = "--k8s-proxy-url",
            paramLabel = "URL",
            description = "Where kubectl reaches kas, as clients are told (default: k8s-proxy/ below --kas-url).")
    private Optional<String> k8sProxyUrl = Optional.empty();

    @Option(
            names = "--kas-api-address",
            paramLabel = "HOST:PORT",
            description = "kas's listener for GitLab, which is told of pushes (default 127.0.0.1:8153).")
    private Optional<String> kasApiAddress = Optional.empty();

    @Option(
            names = "--kas-secret-file",
            paramLabel = "FILE",
            description = "The secret shared with kas, Base64 (default: made in the data folder).")
    private Optional<String> kasSecretFile = Optional.empty();

    /** The effective configuration. */
    LoadedConfig<ForgeProcessConfig> load(Environment environment) {
        Map<String, ConfigInput.Flag> flags = shared.flags();
        shared.address(flags, "gitaly.address", "--gitaly-port", gitalyPort, 8075);
        ProcessOptions.put(flags, "kas.url", "--kas-url", kasUrl);
        ProcessOptions.put(flags, "kas.k8s_proxy_url", "--k8s-proxy-url", k8sProxyUrl);
        ProcessOptions.put(flags, "kas.api_address", "--kas-api-address", kasApiAddress);
        ProcessOptions.put(flags, "kas.authentication_secret_file", "--kas-secret-file", kasSecretFile);
        return shared.load(environment, flags, ForgeProcessConfig::read);
    }
}
