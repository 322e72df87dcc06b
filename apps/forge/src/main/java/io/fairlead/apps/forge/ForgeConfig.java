package io.fairlead.apps.forge;

import io.fairlead.base.config.ConfigSection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a forge is told.
 *
 * @param dataDir holds everything; made when absent
 * @param httpListen where HTTP is served; port 0 chooses one
 * @param gitalyListen where Gitaly's gRPC is served, for kas; port 0 chooses one
 * @param gitalyExternal how kas reaches that; absent: by the address it listens on
 * @param sshListen where Git is served over SSH; port 0 chooses one
 * @param sshExternal how clients reach that; absent: on the external URL's host, by the port it listens on
 * @param externalUrl where people and agents reach this installation, without a slash at the end
 * @param kasUrl where agents connect, as shown by {@code /metadata}
 * @param k8sProxyUrl where kubectl connects, likewise; absent: below {@code kasUrl}, as GitLab derives it
 * @param kasApiAddress kas's listener for GitLab ({@code host:port}); absent: pushes are not announced
 * @param kasSecretFile secret shared with kas, Base64; absent: made in the data folder
 * @param requestsPerMinute how many requests each caller may make in a minute
 * @param localHooks whether hooks may call addresses that are not public
 * @param database where people, projects and tokens are kept
 */
public record ForgeConfig(
        Path dataDir,
        InetSocketAddress httpListen,
        InetSocketAddress gitalyListen,
        Optional<InetSocketAddress> gitalyExternal,
        InetSocketAddress sshListen,
        Optional<InetSocketAddress> sshExternal,
        URI externalUrl,
        URI kasUrl,
        Optional<URI> k8sProxyUrl,
        Optional<InetSocketAddress> kasApiAddress,
        Optional<Path> kasSecretFile,
        int requestsPerMinute,
        boolean localHooks,
        DatabaseKeys database) {
    /** Enough for scripts that go through everything; who is busier is told to wait. */
    public static final int REQUESTS_PER_MINUTE = 6_000;

    private static final int REQUESTS_PER_MINUTE_MAX = 100_000_000;

    /** A forge on free loopback ports, as the all-in-one server and tests want it. */
    public static ForgeConfig loopback(Path dataDir, URI externalUrl) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return of(dataDir, anyPort, anyPort, externalUrl);
    }

    /** A forge whose kas shares its external address, and which tells nobody of pushes. */
    static ForgeConfig of(Path dataDir, InetSocketAddress http, InetSocketAddress gitaly, URI externalUrl) {
        return new ForgeConfig(
                dataDir,
                http,
                gitaly,
                Optional.empty(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                externalUrl,
                kasBeside(externalUrl),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                REQUESTS_PER_MINUTE,
                false,
                new DatabaseKeys.Sqlite());
    }

    public ForgeConfig withKasApi(InetSocketAddress address) {
        return new ForgeConfig(
                dataDir,
                httpListen,
                gitalyListen,
                gitalyExternal,
                sshListen,
                sshExternal,
                externalUrl,
                kasUrl,
                k8sProxyUrl,
                Optional.of(address),
                kasSecretFile,
                requestsPerMinute,
                localHooks,
                database);
    }

    public ForgeConfig withRequestsPerMinute(int requests) {
        return new ForgeConfig(
                dataDir,
                httpListen,
                gitalyListen,
                gitalyExternal,
                sshListen,
                sshExternal,
                externalUrl,
                kasUrl,
                k8sProxyUrl,
                kasApiAddress,
                kasSecretFile,
                requests,
                localHooks,
                database);
    }

    public ForgeConfig withLocalHooks(boolean allowed) {
        return new ForgeConfig(
                dataDir,
                httpListen,
                gitalyListen,
                gitalyExternal,
                sshListen,
                sshExternal,
                externalUrl,
                kasUrl,
                k8sProxyUrl,
                kasApiAddress,
                kasSecretFile,
                requestsPerMinute,
                allowed,
                database);
    }

    public ForgeConfig withDatabase(DatabaseKeys other) {
        return new ForgeConfig(
                dataDir,
                httpListen,
                gitalyListen,
                gitalyExternal,
                sshListen,
                sshExternal,
                externalUrl,
                kasUrl,
                k8sProxyUrl,
                kasApiAddress,
                kasSecretFile,
                requestsPerMinute,
                localHooks,
                other);
    }

    public ForgeConfig withSsh(InetSocketAddress listen, Optional<InetSocketAddress> external) {
        return new ForgeConfig(
                dataDir,
                httpListen,
                gitalyListen,
                gitalyExternal,
                listen,
                external,
                externalUrl,
                kasUrl,
                k8sProxyUrl,
                kasApiAddress,
                kasSecretFile,
                requestsPerMinute,
                localHooks,
                database);
    }

    /** The key that sets {@link #requestsPerMinute}. */
    public static int readRequestsPerMinute(ConfigSection root) {
        return root.section("rate_limit")
                .integer("requests_per_minute", REQUESTS_PER_MINUTE, 1, REQUESTS_PER_MINUTE_MAX);
    }

    /** The key that sets {@link #localHooks}. */
    public static boolean readLocalHooks(ConfigSection root) {
        return root.section("hooks").bool("allow_local_network", false);
    }

    /** Where kas is when it shares the host with the forge. */
    private static URI kasBeside(URI externalUrl) {
        String scheme = "https".equalsIgnoreCase(externalUrl.getScheme()) ? "wss" : "ws";
        return URI.create(scheme + "://" + externalUrl.getAuthority() + "/-/kubernetes-agent/");
    }

    /** Where kubectl is sent. */
    public URI proxyUrl() {
        return k8sProxyUrl.orElseGet(() -> {
            String kas = kasUrl.toString()
                    .replaceFirst("^wss://|^grpcs://", "https://")
                    .replaceFirst("^ws://|^grpc://", "http://");
            return URI.create((kas.endsWith("/") ? kas : kas + "/") + "k8s-proxy/");
        });
    }
}
