package io.fairlead.base.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts added certificates, and those of the Java runtime beside them. The runtime's some 150 roots are read only when the
 * added ones do not suffice: with a private authority, the usual case, that never happens, and a process that rests keeps
 * some megabytes.
 */
final class AddedTrust extends X509ExtendedTrustManager {
    private interface Check {
        void with(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private final X509ExtendedTrustManager added;
    private @Nullable X509ExtendedTrustManager runtime;

    AddedTrust(Collection<? extends X509Certificate> certificates) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (X509Certificate certificate : certificates) {
                store.setCertificateEntry("added-" + count++, certificate);
            }
            added = manager(store);
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException("an empty key store cannot be made", e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(manager -> manager.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(manager -> manager.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(manager -> manager.checkServerTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(manager -> manager.checkClientTrusted(chain, type, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(manager -> manager.checkClientTrusted(chain, type, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(manager -> manager.checkClientTrusted(chain, type));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return added.getAcceptedIssuers();
    }

    private void check(Check check) throws CertificateException {
        try {
            check.with(added);
        } catch (CertificateException e) {
            if (!leadsNowhere(e)) {
                throw e;
            }
            check.with(runtime());
        }
    }

    /** Whether none of the trusted certificates is at the chain's end; anything else is wrong for every root. */
    private static boolean leadsNowhere(CertificateException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }

    private synchronized X509ExtendedTrustManager runtime() throws CertificateException {
        X509ExtendedTrustManager known = runtime;
        if (known == null) {
            try {
                known = manager(null);
            } catch (GeneralSecurityException e) {
                throw new CertificateException("the Java runtime's certificates cannot be read", e);
            }
            runtime = known;
        }
        return known;
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("this Java runtime checks no X.509 certificates");
    }
}
