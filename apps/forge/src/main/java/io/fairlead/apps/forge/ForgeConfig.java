package io.fairlead.apps.forge;

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
 * @param externalUrl where people and agents reach this installation, without a slash at the end
 * @param kasUrl where agents connect, as shown by {@code /metadata}
 * @param kasApiAddress kas's listener for GitLab ({@code host:port}); absent: pushes are not announced
 * @param kasSecretFile secret shared with kas, Base64; absent: made in the data folder
 */
public record ForgeConfig(
        Path dataDir,
        InetSocketAddress httpListen,
        InetSocketAddress gitalyListen,
        URI externalUrl,
        URI kasUrl,
        Optional<InetSocketAddress> kasApiAddress,
        Optional<Path> kasSecretFile) {
    /** A forge on free loopback ports, as the all-in-one server and tests want it. */
    public static ForgeConfig loopback(Path dataDir, URI externalUrl) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new ForgeConfig(
                dataDir, anyPort, anyPort, externalUrl, kasBeside(externalUrl), Optional.empty(), Optional.empty());
    }

    public ForgeConfig withKasApi(InetSocketAddress address) {
        return new ForgeConfig(
                dataDir, httpListen, gitalyListen, externalUrl, kasUrl, Optional.of(address), kasSecretFile);
    }

    /** Where kas is when it shares the host with the forge. */
    private static URI kasBeside(URI externalUrl) {
        String scheme = "https".equals(externalUrl.getScheme()) ? "wss" : "ws";
        return URI.create(scheme + "://" + externalUrl.getAuthority() + "/-/kubernetes-agent/");
    }

    /** The Kubernetes API as kas serves it, derived as GitLab derives it. */
    URI k8sProxyUrl() {
        String kas = kasUrl.toString()
                .replaceFirst("^wss://|^grpcs://", "https://")
                .replaceFirst("^ws://|^grpc://", "http://");
        return URI.create((kas.endsWith("/") ? kas : kas + "/") + "k8s-proxy/");
    }
}
