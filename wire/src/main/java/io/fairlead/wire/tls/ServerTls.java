package io.fairlead.wire.tls;

import io.fairlead.base.error.FairleadException;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Makes the TLS side of a listener. TLS 1.2 and 1.3 only, no client certificates. */
public final class ServerTls {
    private ServerTls() {}

    /**
     * Reads the identity's files.
     *
     * @param alpn protocols offered, most wanted first; empty for none. A client that offers none of them, or does not
     *     speak ALPN at all, is accepted without one: the caller decides by the first bytes.
     * @throws FairleadException {@code tls.identity-unreadable} when a file is absent or is not what it must be
     */
    public static SslContext context(PemIdentity identity, List<String> alpn) {
        return context(identity, alpn, TlsRules.provider());
    }

    /** As {@link #context(PemIdentity, List)} for the JDK's own servers. */
    public static SSLContext jdkContext(PemIdentity identity) {
        return ((JdkSslContext) context(identity, List.of(), SslProvider.JDK)).context();
    }

    static SslContext context(PemIdentity identity, List<String> alpn, SslProvider provider) {
        requireReadable(identity.certificate(), "certificate");
        requireReadable(identity.key(), "private key");
        try {
            SslContextBuilder builder = builder(identity)
                    .sslProvider(provider)
                    .protocols(TlsRules.VERSIONS)
                    .ciphers(TlsRules.SUITES, SupportedCipherSuiteFilter.INSTANCE);
            return builder.applicationProtocolConfig(protocols(alpn)).build();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new FairleadException(
                    "tls.identity-unreadable",
                    "the certificate %s and the key %s cannot be used together (%s); give a PEM chain, leaf first, and its unencrypted PKCS#8 key"
                            .formatted(identity.certificate(), identity.key(), rootMessage(e)),
                    e);
        }
    }

    /**
     * Keys in PKCS#8 and PKCS#1 are read by the JDK. Netty reads more kinds, but only with all of BouncyCastle, whose loading
     * was a third of the server's start.
     */
    private static SslContextBuilder builder(PemIdentity identity) throws IOException, GeneralSecurityException {
        String key = Files.readString(identity.key());
        if (!PrivateKeyPem.readable(key)) {
            return SslContextBuilder.forServer(
                    identity.certificate().toFile(), identity.key().toFile());
        }
        return SslContextBuilder.forServer(PrivateKeyPem.read(key), PemFiles.readChain(identity.certificate()));
    }

    static ApplicationProtocolConfig protocols(List<String> alpn) {
        return alpn.isEmpty()
                ? ApplicationProtocolConfig.DISABLED
                : new ApplicationProtocolConfig(
                        Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        alpn);
    }

    private static void requireReadable(Path file, String what) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new FairleadException(
                    "tls.identity-unreadable",
                    "the TLS %s file %s cannot be read; check the path and that this process's user may read it"
                            .formatted(what, file));
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage());
    }
}
