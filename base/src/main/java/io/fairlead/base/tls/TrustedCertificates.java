package io.fairlead.base.tls;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trust in the certificates of a file beside those of the Java runtime. */
public final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * A context for clients.
     *
     * @throws FairleadException {@code tls.ca-unreadable} when the file is absent or holds no certificate
     */
    public static SSLContext with(Path file) {
        TrustManager[] managers = {manager(file)};
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /**
     * What checks a server's certificates.
     *
     * @throws FairleadException {@code tls.ca-unreadable} when the file is absent or holds no certificate
     */
    public static X509ExtendedTrustManager manager(Path file) {
        try {
            return new AddedTrust(certificates(file));
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    private static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> found = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) certificate);
            }
        } catch (IOException | CertificateException e) {
            throw new FairleadException(
                    "tls.ca-unreadable",
                    "the CA file %s cannot be read as PEM certificates (%s)".formatted(file, e.getMessage()),
                    e);
        }
        if (found.isEmpty()) {
            throw new FairleadException(
                    "tls.ca-unreadable",
                    "the CA file %s holds no certificate; it must have at least one BEGIN CERTIFICATE block"
                            .formatted(file));
        }
        return found;
    }

    private static FairleadException unusable(GeneralSecurityException e) {
        return new FairleadException(
                "tls.client-unusable", "TLS cannot be set up in this Java runtime: " + e.getMessage(), e);
    }
}
