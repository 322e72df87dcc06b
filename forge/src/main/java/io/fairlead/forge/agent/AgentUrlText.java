package io.fairlead.forge.agent;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Reads from requests where an agent is reached, and makes its key pair where the request brings none. */
final class AgentUrlText {
    private static final int TEXT_LENGTH_MAX = 2_048;
    private static final int PEM_LENGTH_MAX = 64 * 1024;
    private static final int KEY_BYTES = 32;

    private AgentUrlText() {}

    static AgentUrl.Draft read(Parameters parameters) {
        String url = parameters.requiredText("url");
        if (!valid(url)) {
            throw ApiError.invalid("url", "must be grpc://host:port or grpcs://host:port");
        }
        Optional<String> certificate = pem(parameters, "client_cert");
        Optional<String> key = pem(parameters, "client_key");
        if (certificate.isPresent() != key.isPresent()) {
            throw ApiError.invalid("client_cert", "and client_key must be given together or not at all");
        }
        Optional<String> ca = pem(parameters, "ca_cert");
        certificate.ifPresent(pem -> checkCertificate("client_cert", pem));
        ca.ifPresent(pem -> checkCertificate("ca_cert", pem));
        if (key.filter(pem -> !pem.contains("PRIVATE KEY-----")).isPresent()) {
            throw ApiError.invalid("client_key", "must be a private key in PEM");
        }
        Optional<String> host = parameters.text("tls_host").filter(text -> !text.isEmpty());
        if (host.filter(text -> !text.matches("[A-Za-z0-9.:-]{1,255}")).isPresent()) {
            throw ApiError.invalid("tls_host", "must be a host name");
        }
        if (certificate.isPresent()) {
            return new AgentUrl.Draft(
                    url, new AgentUrl.Proof.Certificate(certificate.get()), key.orElseThrow(), ca, host);
        }
        KeyPair pair = pair();
        byte[] whole = pair.getPublic().getEncoded();
        String publicKey =
                Base64.getEncoder().encodeToString(Arrays.copyOfRange(whole, whole.length - KEY_BYTES, whole.length));
        String privateKey = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
        return new AgentUrl.Draft(url, new AgentUrl.Proof.OwnKey(publicKey), privateKey, ca, host);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean valid(String text) {
        try {
            URI url = new URI(text);
            return text.length() <= TEXT_LENGTH_MAX
                    && url.getScheme() != null
                    && url.getScheme().matches("grpcs?")
                    && url.getHost() != null
                    && url.getPort() > 0
                    && url.getPort() <= 65_535
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && (url.getRawPath() == null || url.getRawPath().matches("/?"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** PEM as it is, or as Base64 of it, which is what GitLab's documents show. */
    private static Optional<String> pem(Parameters parameters, String name) {
        Optional<String> text = parameters.text(name).filter(value -> !value.isBlank());
        if (text.isEmpty() || text.get().contains("-----BEGIN")) {
            return text.filter(value -> bounded(name, value));
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(text.get().replaceAll("\\s", ""));
            return Optional.of(new String(decoded, StandardCharsets.UTF_8)).filter(value -> bounded(name, value));
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(name, "must be PEM, or Base64 of it");
        }
    }

    private static boolean bounded(String name, String pem) {
        if (pem.length() > PEM_LENGTH_MAX) {
            throw ApiError.invalid(name, "is too long");
        }
        return true;
    }

    private static void checkCertificate(String name, String pem) {
        try {
            boolean none = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
                    .isEmpty();
            if (none) {
                throw ApiError.invalid(name, "must be a certificate in PEM");
            }
        } catch (CertificateException e) {
            throw ApiError.invalid(name, "must be a certificate in PEM");
        }
    }
}
