package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import io.fairlead.base.env.Environment;
import io.fairlead.base.metrics.ObservabilityKeys;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.net.FreePort;
import io.fairlead.base.net.TrustedProxies;
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
 * @param rules what clients may do
 * @param database where people, projects and tokens are kept
 */
public record ForgeProcessConfig(
        Path dataDir,
        ForgeConfig.Http http,
        InetSocketAddress gitaly,
        Optional<InetSocketAddress> gitalyExternal,
        SshKeys ssh,
        Optional<URI> externalUrl,
        Optional<URI> kasUrl,
        Optional<URI> k8sProxyUrl,
        InetSocketAddress kasApi,
        Optional<Path> kasSecretFile,
        ClientRules rules,
        DatabaseKeys database,
        ObservabilityKeys observability) {
    /** Beside kas's own, which is 8151, so that both can run on one machine. */
    static final String OBSERVABILITY_ADDRESS = "127.0.0.1:8152";

    private static final Set<String> WEB = Set.of("https", "http");
    private static final Set<String> KAS = Set.of("wss", "ws", "grpcs", "grpc");

    /** Maps the whole file; {@code environment} gives the default of {@code data_dir}. */
    public static ForgeProcessConfig read(ConfigSection root, Environment environment) {
        ConfigSection http = root.section("http");
        ConfigSection gitaly = root.section("gitaly");
        ConfigSection kas = root.section("kas");
        return new ForgeProcessConfig(
                Path.of(root.string("data_dir", DataFolder.of(environment).toString())),
                new ForgeConfig.Http(
                        http.address("address", "127.0.0.1:8080"), TrustedProxies.read(http, TrustedProxies.LOOPBACK)),
                gitaly.address("address", "127.0.0.1:8075"),
                gitaly.reachedAt("external_address", "forge.example.com:8075"),
                SshKeys.read(root),
                root.baseUrl("external_url", WEB),
                kas.url("url", KAS),
                kas.url("k8s_proxy_url", WEB),
                kas.address("api_address", "127.0.0.1:8153"),
                kas.path("authentication_secret_file", false),
                ClientRules.read(root),
                DatabaseKeys.read(root),
                ObservabilityKeys.read(root.section("observability"), OBSERVABILITY_ADDRESS));
    }

    /** What the forge itself is told, with a port chosen wherever any would do. */
    ForgeConfig forge() throws IOException {
        InetSocketAddress listen = FreePort.of(http.listen());
        URI external = externalUrl.orElseGet(() -> URI.create("http://" + Addresses.reachable(listen)));
        URI kas = kasUrl.orElseGet(() -> ForgeConfig.Kas.beside(external).url());
        return new ForgeConfig(
                dataDir,
                new ForgeConfig.Http(listen, http.trustedProxies()),
                new ForgeConfig.Gitaly(gitaly, gitalyExternal),
                ssh,
                external,
                new ForgeConfig.Kas(kas, k8sProxyUrl, Optional.of(kasApi), kasSecretFile),
                rules,
                database);
    }
}
