package io.fairlead.wire.tls;

import io.fairlead.base.error.FairleadException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * How to speak TLS to one server whose certificates are known, such as a cluster's API server: trust in an authority of its
 * own alone, and a client certificate where it asks for one. All texts are PEM.
 *
 * @param authority what alone is trusted; empty for what the Java runtime trusts
 * @param insecureSkipVerify accept any certificate of any name; for trials only
 * @param identity what to show when the server asks who is there
 */
public record ServerTrust(Optional<String> authority, boolean insecureSkipVerify, Optional<Identity> identity) {
    /** A certificate chain, leaf first, and its unencrypted key. */
    public record Identity(String chain, String key) {
        @Override
        public String toString() {
            return "Identity";
        }
    }

    /**
     * The context for HTTP/1.1.
     *
     * @throws FairleadException {@code tls.client-unusable} when a text is not what it must be
     */
    public SslContext context() {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(TlsRules.provider())
                    .protocols(TlsRules.VERSIONS)
                    .ciphers(TlsRules.SUITES, SupportedCipherSuiteFilter.INSTANCE);
            if (insecureSkipVerify) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            } else {
                builder.endpointIdentificationAlgorithm("HTTPS");
                authority.ifPresent(pem -> builder.trustManager(stream(pem)));
            }
            identity.ifPresent(own -> builder.keyManager(stream(own.chain()), stream(PrivateKeyPem.pkcs8(own.key()))));
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new FairleadException(
                    "tls.client-unusable",
                    "the certificates for the API server cannot be used: " + e.getMessage()
                            + "; they must be PEM, and the key unencrypted",
                    e);
        }
    }

    private static InputStream stream(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8));
    }
}
