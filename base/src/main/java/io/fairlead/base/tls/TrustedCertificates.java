package io.fairlead.base.tls;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trust in the certificates of a file beside those of the Java runtime. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * A context for clients.
     *
     * @throws FairleadException {@code tls.ca-unreadable} when the file is absent or holds no certificate
     */
    public static SSLContext with(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            int count = 0;
            for (Certificate added : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("added-" + count++, added);
            }
            if (count == 0) {
                throw new FairleadException("tls.ca-unreadable", "there is no PEM certificate in " + file);
            }
            for (TrustManager manager : managers(null)) {
                if (manager instanceof X509TrustManager usual) {
                    for (X509Certificate certificate : Arrays.asList(usual.getAcceptedIssuers())) {
                        trusted.setCertificateEntry("usual-" + count++, certificate);
                    }
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(trusted), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new FairleadException(
                    "tls.ca-unreadable", "the certificates in " + file + " cannot be used: " + e, e);
        }
    }

    private static TrustManager[] managers(@org.jspecify.annotations.Nullable KeyStore store)
            throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
