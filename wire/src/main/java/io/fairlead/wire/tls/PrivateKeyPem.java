package io.fairlead.wire.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys as tools write them. Java reads PKCS#8 alone, while kubeadm and others write RSA keys as PKCS#1, which is the
 * innermost part of the same.
 */
final class PrivateKeyPem {
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern PKCS1 =
            Pattern.compile("-----BEGIN RSA PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END RSA PRIVATE KEY-----");

    /** Version 0, then the algorithm rsaEncryption without parameters. */
    private static final byte[] RSA_PREFIX = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private static final byte SEQUENCE = 0x30;
    private static final byte OCTET_STRING = 0x04;

    private PrivateKeyPem() {}

    /** {@code pem} as PKCS#8 if it is an RSA key in PKCS#1, else unchanged. */
    static String pkcs8(String pem) {
        if (pem.contains("-----BEGIN EC PRIVATE KEY-----")) {
            throw new IllegalArgumentException(
                    "the key is in SEC1 form (EC PRIVATE KEY); turn it into PKCS#8 with openssl pkcs8 -topk8 -nocrypt");
        }
        Matcher found = PKCS1.matcher(pem);
        if (!found.find()) {
            return pem;
        }
        byte[] inner = tagged(OCTET_STRING, Base64.getMimeDecoder().decode(found.group(1)));
        byte[] body = new byte[RSA_PREFIX.length + inner.length];
        System.arraycopy(RSA_PREFIX, 0, body, 0, RSA_PREFIX.length);
        System.arraycopy(inner, 0, body, RSA_PREFIX.length, inner.length);
        byte[] lineEnd = "\n".getBytes(StandardCharsets.US_ASCII);
        String text = Base64.getMimeEncoder(64, lineEnd).encodeToString(tagged(SEQUENCE, body));
        return "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n";
    }

    /** Whether {@link #read} takes it: unencrypted, in PKCS#8 or PKCS#1. */
    static boolean readable(String pem) {
        return PKCS8.matcher(pem).find() || PKCS1.matcher(pem).find();
    }

    /** The key of a {@link #readable} text, of whatever algorithm the JDK knows for TLS. */
    static PrivateKey read(String pem) throws GeneralSecurityException {
        Matcher found = PKCS8.matcher(pkcs8(pem));
        if (!found.find()) {
            throw new GeneralSecurityException("there is no PKCS#8 key");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // It is a key of another algorithm.
                continue;
            }
        }
        throw new GeneralSecurityException("the key is none of " + String.join(", ", ALGORITHMS));
    }

    /** DER: a tag, the length in its two-byte form, the content. RSA keys have from 256 bytes to some thousands. */
    private static byte[] tagged(byte tag, byte[] content) {
        if (content.length < 0x80 || content.length > 0xffff) {
            throw new IllegalArgumentException("an RSA key of " + content.length + " bytes cannot be");
        }
        byte[] out = new byte[content.length + 4];
        out[0] = tag;
        out[1] = (byte) 0x82;
        out[2] = (byte) (content.length >> 8);
        out[3] = (byte) content.length;
        System.arraycopy(content, 0, out, 4, content.length);
        return out;
    }
}
