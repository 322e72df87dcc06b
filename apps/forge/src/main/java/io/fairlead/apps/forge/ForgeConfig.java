package io.fairlead.apps.forge;

import io.fairlead.base.net.TrustedProxies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a forge is told.
 *
 * @param dataDir holds everything; made when absent
 * @param http where HTTP is served
 * @param gitaly where kas reads repositories
 * @param ssh where Git is served over SSH; port 0 chooses one
 * @param externalUrl where people and agents reach this installation, without a slash at the end
 * @param kas what is known of kas
 * @param rules what clients may do
 * @param database where people, projects and tokens are kept
 */
public record ForgeConfig(
        Path dataDir,
        Http http,
        Gitaly gitaly,
        SshKeys ssh,
        URI externalUrl,
        Kas kas,
        ClientRules rules,
        DatabaseKeys database) {
    /**
     * @param listen where HTTP is served; port 0 chooses one
     * @param trustedProxies whose word is taken for where a request comes from
     */
    public record Http(InetSocketAddress listen, TrustedProxies trustedProxies) {}

    /**
     * @param listen where Gitaly's gRPC is served, for kas; port 0 chooses one
     * @param external how kas reaches that; absent: by the address it listens on
     */
    public record Gitaly(InetSocketAddress listen, Optional<InetSocketAddress> external) {}

    /**
     * @param url where agents connect, as shown by {@code /metadata}
     * @param k8sProxyUrl where kubectl connects, likewise; absent: below {@code url}, as GitLab derives it
     * @param apiAddress kas's listener for GitLab ({@code host:port}); absent: pushes are not announced
     * @param secretFile secret shared with kas, Base64; absent: made in the data folder
     */
    public record Kas(
            URI url, Optional<URI> k8sProxyUrl, Optional<InetSocketAddress> apiAddress, Optional<Path> secretFile) {
        /** One that shares the host with the forge, and is told nothing. */
        static Kas beside(URI externalUrl) {
            String scheme = "https".equalsIgnoreCase(externalUrl.getScheme()) ? "wss" : "ws";
            return new Kas(
                    URI.create(scheme + "://" + externalUrl.getAuthority() + "/-/kubernetes-agent/"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        Kas withApi(InetSocketAddress address) {
            return new Kas(url, k8sProxyUrl, Optional.of(address), secretFile);
        }

        /** Where kubectl is sent. */
        public URI proxyUrl() {
            return k8sProxyUrl.orElseGet(() -> {
                String kas = url.toString()
                        .replaceFirst("^wss://|^grpcs://", "https://")
                        .replaceFirst("^ws://|^grpc://", "http://");
                return URI.create((kas.endsWith("/") ? kas : kas + "/") + "k8s-proxy/");
            });
        }
    }

    /** A forge on free loopback ports, as the all-in-one server and tests want it, which tells nobody of pushes. */
    public static ForgeConfig loopback(Path dataDir, URI externalUrl) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new ForgeConfig(
                dataDir,
                new Http(anyPort, TrustedProxies.LOOPBACK),
                new Gitaly(anyPort, Optional.empty()),
                new SshKeys(anyPort, Optional.empty()),
                externalUrl,
                Kas.beside(externalUrl),
                ClientRules.DEFAULT,
                new DatabaseKeys.Sqlite());
    }

    public ForgeConfig withKasApi(InetSocketAddress address) {
        return new ForgeConfig(dataDir, http, gitaly, ssh, externalUrl, kas.withApi(address), rules, database);
    }

    public ForgeConfig withRules(ClientRules other) {
        return new ForgeConfig(dataDir, http, gitaly, ssh, externalUrl, kas, other, database);
    }

    public ForgeConfig withDatabase(DatabaseKeys other) {
        return new ForgeConfig(dataDir, http, gitaly, ssh, externalUrl, kas, rules, other);
    }

    public ForgeConfig withSsh(SshKeys other) {
        return new ForgeConfig(dataDir, http, gitaly, other, externalUrl, kas, rules, database);
    }
}
