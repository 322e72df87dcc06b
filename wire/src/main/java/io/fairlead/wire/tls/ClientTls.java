package io.fairlead.wire.tls;

import io.fairlead.base.error.FairleadException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

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
                    builder.trustManager(trusting(certificates(caFile.get())));
                }
            }
            return builder.build();
        } catch (GeneralSecurityException | IOException e) {
            throw new FairleadException(
                    "tls.client-unusable", "TLS cannot be set up in this Java runtime: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path caFile) {
        Collection<? extends Certificate> found;
        try (InputStream in = Files.newInputStream(caFile)) {
            found = CertificateFactory.getInstance("X.509").generateCertificates(in);
        } catch (IOException | CertificateException e) {
            throw new FairleadException(
                    "tls.ca-unreadable",
                    "the CA file %s cannot be read as PEM certificates (%s)".formatted(caFile, e.getMessage()),
                    e);
        }
        if (found.isEmpty()) {
            throw new FairleadException(
                    "tls.ca-unreadable",
                    "the CA file %s holds no certificate; it must have at least one BEGIN CERTIFICATE block"
                            .formatted(caFile));
        }
        return found;
    }

    private static TrustManagerFactory trusting(Collection<? extends Certificate> more)
            throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int index = 0;
        for (X509Certificate root : runtimeRoots()) {
            all.setCertificateEntry("runtime-" + index++, root);
        }
        for (Certificate certificate : more) {
            all.setCertificateEntry("added-" + index++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(all);
        return factory;
    }

    private static List<X509Certificate> runtimeRoots() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                return List.of(x509.getAcceptedIssuers());
            }
        }
        return List.of();
    }
}
