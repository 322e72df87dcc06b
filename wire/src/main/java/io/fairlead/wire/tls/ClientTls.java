package io.fairlead.wire.tls;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.tls.TrustedCertificates;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Makes the TLS side of an outgoing connection. TLS 1.2 and 1.3 only; the server's name is always checked unless all is skipped. */
public final class ClientTls {
    private ClientTls() {}

    /**
     * Reads the CA file, if one is given.
     *
     * @param caFile PEM certificates trusted beside those that the Java runtime trusts
     * @param insecureSkipVerify accept any certificate of any name; for trials only
     * @param alpn protocols offered, most wanted first; empty for none
     * @throws FairleadException {@code tls.ca-unreadable} when the CA file is absent or holds no certificate
     */
    public static SslContext context(Optional<Path> caFile, boolean insecureSkipVerify, List<String> alpn) {
        return context(caFile, insecureSkipVerify, alpn, TlsRules.provider());
    }

    static SslContext context(
            Optional<Path> caFile, boolean insecureSkipVerify, List<String> alpn, SslProvider provider) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(provider)
                    .protocols(TlsRules.VERSIONS)
                    .ciphers(TlsRules.SUITES, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(ServerTls.protocols(alpn));
            if (insecureSkipVerify) {
                builder.trustManager(InsecureTrustManagerFactory.INSTANCE).endpointIdentificationAlgorithm(null);
            } else {
                builder.endpointIdentificationAlgorithm("HTTPS");
                if (caFile.isPresent()) {
                    builder.trustManager(TrustedCertificates.manager(caFile.get()));
                }
            }
            return builder.build();
        } catch (SSLException e) {
            throw new FairleadException(
                    "tls.client-unusable", "TLS cannot be set up in this Java runtime: " + e.getMessage(), e);
        }
    }
}
