package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.base.metrics.ObservabilityKeys;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.net.FreePort;
import io.fairlead.cli.forge.DataFolder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration of a forge that runs alone, with kas somewhere else.
 *
 * @param dataDir holds everything that must last
 * @param http where pages, REST and Git are served, in clear text: whoever is before it speaks TLS
 * @param gitaly where kas reads repositories
 * @param gitalyExternal how kas reaches that; none: by the address it listens on
 * @param ssh where Git is served over SSH
 * @param externalUrl what people call the forge, without a slash at its end; none: the address it serves on
 * @param kasUrl where agents reach kas; none: below the external URL
 * @param k8sProxyUrl where kubectl reaches kas; none: below {@code kasUrl}
 * @param kasApi kas's listener for GitLab
 * @param kasSecretFile the secret shared with kas; none: made in the data folder
 * @param requestsPerMinute how many requests each caller may make in a minute
 * @param localHooks whether hooks may call addresses that are not public
 * @param database where people, projects and tokens are kept
 */
public record ForgeProcessConfig(
        Path dataDir,
        InetSocketAddress http,
        InetSocketAddress gitaly,
        Optional<InetSocketAddress> gitalyExternal,
        SshKeys ssh,
        Optional<URI> externalUrl,
        Optional<URI> kasUrl,
        Optional<URI> k8sProxyUrl,
        InetSocketAddress kasApi,
        Optional<Path> kasSecretFile,
        int requestsPerMinute,
        boolean localHooks,
        DatabaseKeys database,
        ObservabilityKeys observability) {
    /** Beside kas's own, which is 8151, so that both can run on one machine. */
    static final String OBSERVABILITY_ADDRESS = "127.0.0.1:8152";

    private static final Set<String> WEB = Set.of("https", "http");
    private static final Set<String> KAS = Set.of("wss", "ws", "grpcs", "grpc");

    /** Maps the whole file; {@code environment} gives the default of {@code data_dir}. */
    public static ForgeProcessConfig read(ConfigSection root, Environment environment) {
        ConfigSection gitaly = root.section("gitaly");
        ConfigSection kas = root.section("kas");
        return new ForgeProcessConfig(
                Path.of(root.string("data_dir", DataFolder.of(environment).toString())),
                root.section("http").address("address", "127.0.0.1:8080"),
                gitaly.address("address", "127.0.0.1:8075"),
                gitaly.reachedAt("external_address", "forge.example.com:8075"),
                SshKeys.read(root),
                root.baseUrl("external_url", WEB),
                kas.url("url", KAS),
                kas.url("k8s_proxy_url", WEB),
                kas.address("api_address", "127.0.0.1:8153"),
                kas.path("authentication_secret_file", false),
                ForgeConfig.readRequestsPerMinute(root),
                ForgeConfig.readLocalHooks(root),
                DatabaseKeys.read(root),
                ObservabilityKeys.read(root.section("observability"), OBSERVABILITY_ADDRESS));
    }

    /** What the forge itself is told, with a port chosen wherever any would do. */
    ForgeConfig forge() throws IOException {
        InetSocketAddress listen = FreePort.of(http);
        URI external = externalUrl.orElseGet(() -> URI.create("http://" + Addresses.reachable(listen)));
        ForgeConfig beside = ForgeConfig.of(dataDir, listen, gitaly, external).withKasApi(kasApi);
        return new ForgeConfig(
                beside.dataDir(),
                beside.httpListen(),
                beside.gitalyListen(),
                gitalyExternal,
                ssh.listen(),
                ssh.external(),
                beside.externalUrl(),
                kasUrl.orElse(beside.kasUrl()),
                k8sProxyUrl,
                beside.kasApiAddress(),
                kasSecretFile,
                requestsPerMinute,
                localHooks,
                database);
    }
}
