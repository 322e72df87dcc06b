package io.fairlead.wire.tls;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority of this installation only, kept in one folder, for servers to which nobody has given an
 * identity. The server app opens it at start; kubeconfigs and agents carry its certificate.
 *
 * <p>The folder holds {@code ca.crt}, {@code ca.key} and per server {@code <name>.crt} and {@code <name>.key}. Keys are
 * ECDSA P-256, readable by their owner only. One process at a time may use the folder.
 */
public final class LocalCa {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3653);
    private static final Duration SERVER_LIFE = Duration.ofDays(365);
    private static final Duration RENEWED_BEFORE_END = Duration.ofDays(30);

    private final Path folder;
    private final Clock clock;
    private final CertificateAuthor author;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private LocalCa(Path folder, Clock clock, CertificateAuthor author, X509Certificate certificate, PrivateKey key) {
        this.folder = folder;
        this.clock = clock;
        this.author = author;
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * Loads the authority of {@code folder}, or makes one there that is valid for ten years.
     *
     * @throws FairleadException {@code tls.local-ca-unusable} when the folder cannot be used or holds a damaged authority
     */
    public static LocalCa open(Path folder, Clock clock) {
        CertificateAuthor author = new CertificateAuthor(new SecureRandom());
        Path certificateFile = folder.resolve("ca.crt");
        Path keyFile = folder.resolve("ca.key");
        try {
            PemFiles.createFolder(folder);
            // The certificate is written last: without it an earlier attempt did not come to its end.
            if (!Files.exists(certificateFile)) {
                Instant now = clock.instant();
                KeyPair pair = author.newKey();
                X500Principal name = new X500Principal("O=Fairlead, CN=Fairlead local CA " + now.getEpochSecond());
                X509Certificate certificate = author.authority(name, pair, now, now.plus(AUTHORITY_LIFE));
                PemFiles.writeKey(keyFile, pair.getPrivate());
                PemFiles.writeCertificate(certificateFile, certificate);
            }
            X509Certificate certificate = PemFiles.readCertificate(certificateFile);
            PrivateKey key = PemFiles.readKey(keyFile);
            if (!belongTogether(certificate, key)) {
                throw new GeneralSecurityException("ca.key is not the key of ca.crt");
            }
            return new LocalCa(folder, clock, author, certificate, key);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(folder, e);
        }
    }

    /** The file that clients need in order to trust servers of this authority. */
    public Path certificateFile() {
        return folder.resolve("ca.crt");
    }

    /**
     * The identity of a server, issued for one year when there is none yet, when less than 30 days are left or when
     * {@code names} are not those it was issued for.
     *
     * @param server the files' base name, such as {@code server}
     * @param names DNS names and IP addresses by which clients call the server, at least one
     * @throws FairleadException {@code tls.local-ca-unusable} when the folder cannot be written
     */
    public PemIdentity serverIdentity(String server, Collection<String> names) {
        if (names.isEmpty() || !server.matches("[a-z0-9-]+") || server.equals("ca")) {
            throw new IllegalArgumentException("a server needs a plain name and at least one address: " + server);
        }
        PemIdentity identity = new PemIdentity(folder.resolve(server + ".crt"), folder.resolve(server + ".key"));
        Set<String> wanted = names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        try {
            if (!stillGood(identity, wanted)) {
                Instant now = clock.instant();
                Instant authorityEnd = certificate.getNotAfter().toInstant();
                Instant end = now.plus(SERVER_LIFE);
                KeyPair pair = author.newKey();
                X509Certificate issued = author.server(
                        certificate, key, pair, wanted, now, end.isBefore(authorityEnd) ? end : authorityEnd);
                PemFiles.writeKey(identity.key(), pair.getPrivate());
                PemFiles.writeCertificate(identity.certificate(), issued);
            }
            return identity;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(folder, e);
        }
    }

    private boolean stillGood(PemIdentity identity, Set<String> wanted) {
        if (!Files.exists(identity.certificate()) || !Files.exists(identity.key())) {
            return false;
        }
        try {
            X509Certificate issued = PemFiles.readCertificate(identity.certificate());
            issued.verify(certificate.getPublicKey());
            return belongTogether(issued, PemFiles.readKey(identity.key()))
                    && issued.getNotAfter().toInstant().isAfter(clock.instant().plus(RENEWED_BEFORE_END))
                    && names(issued).equals(canonical(wanted));
        } catch (IOException | GeneralSecurityException e) {
            // Damaged or of an earlier authority: a new one costs nothing.
            return false;
        }
    }

    private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
        Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
        return alternatives == null
                ? Set.of()
                : canonical(alternatives.stream()
                        .map(entry -> String.valueOf(entry.get(1)))
                        .toList());
    }

    /** IPv6 addresses have several spellings; the JDK reads them without asking a resolver. */
    private static Set<String> canonical(Collection<String> names) {
        return names.stream()
                .map(name -> CertificateAuthor.address(name)
                        ? java.net.InetAddress.ofLiteral(name).getHostAddress()
                        : name)
                .collect(Collectors.toSet());
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        byte[] probe = "fairlead".getBytes(StandardCharsets.US_ASCII);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(probe);
        return signature.verify(signed);
    }

    private static FairleadException unusable(Path folder, Exception cause) {
        return new FairleadException(
                "tls.local-ca-unusable",
                "the local CA in %s cannot be used (%s); repair the folder, or delete it to have a new CA made, which every client must then be given"
                        .formatted(folder, cause.getMessage()),
                cause);
    }
}
