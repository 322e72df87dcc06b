package io.fairlead.kube.connection;

import io.fairlead.base.error.FairleadException;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.tls.ServerTrust;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an API server and prove who we are.
 *
 * @param server base URL, path included, without a slash at its end
 * @param certificateAuthority PEM certificates that alone are trusted; empty for those of the Java runtime
 * @param insecureSkipVerify accept any certificate; for trials only
 * @param tlsServerName the name in the server's certificate when it differs from the URL's host
 * @param credentials what proves who we are
 * @param namespace the namespace meant when none is named
 */
public record KubeConnection(
        URI server,
        Optional<String> certificateAuthority,
        boolean insecureSkipVerify,
        Optional<String> tlsServerName,
        KubeCredentials credentials,
        String namespace) {

    /** @throws FairleadException {@code kube.address-malformed} when {@code server} is no URL of HTTP with a host */
    public KubeConnection {
        boolean http = "https".equalsIgnoreCase(server.getScheme()) || "http".equalsIgnoreCase(server.getScheme());
        if (!http || server.getHost() == null) {
            throw malformed(server.toString(), null);
        }
        server = URI.create(server.toString().replaceFirst("/+$", ""));
    }

    /**
     * The URL of an API server as somebody wrote it.
     *
     * @throws FairleadException {@code kube.address-malformed} when it cannot be read as a URL
     */
    public static URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw malformed(text, e);
        }
    }

    private static FairleadException malformed(String text, @Nullable Throwable cause) {
        return new FairleadException(
                "kube.address-malformed",
                "the API server must be a URL such as https://10.0.0.1:6443, but is \"" + text + "\"",
                cause);
    }

    /** The server as the HTTP client takes it. */
    public Origin origin() {
        Optional<ServerTrust.Identity> identity =
                credentials instanceof KubeCredentials.Certificate(String chain, String key)
                        ? Optional.of(new ServerTrust.Identity(chain, key))
                        : Optional.empty();
        return Origin.of(server, new ServerTrust(certificateAuthority, insecureSkipVerify, identity), tlsServerName);
    }

    /** What the server's paths begin with, without a slash at its end; usually empty. */
    public String basePath() {
        return server.getRawPath() == null ? "" : server.getRawPath();
    }

    /** This connection to another server, such as one given on the command line. */
    public KubeConnection withServer(URI other) {
        return new KubeConnection(
                other, certificateAuthority, insecureSkipVerify, tlsServerName, credentials, namespace);
    }

    /** This connection with another namespace. */
    public KubeConnection withNamespace(String other) {
        return new KubeConnection(server, certificateAuthority, insecureSkipVerify, tlsServerName, credentials, other);
    }

    /** This connection trusting other certificates. */
    public KubeConnection withCertificateAuthority(String pem) {
        return new KubeConnection(server, Optional.of(pem), false, tlsServerName, credentials, namespace);
    }

    /** This connection trusting any certificate. */
    public KubeConnection withoutVerification() {
        return new KubeConnection(server, Optional.empty(), true, tlsServerName, credentials, namespace);
    }
}
