package io.fairlead.link.identity;

import io.fairlead.base.digest.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What tables know credentials by, so that no table holds a secret. */
final class CredentialHash {
    private CredentialHash() {}

    /** SHA-256 over all parts, in hex: safe to keep and to log. */
    static String of(String... parts) {
        MessageDigest digest = Sha256.begin();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // The length goes before each part: ("ab","c") and ("a","bc") must not meet.
            digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            digest.update(bytes);
        }
        return Sha256.text(digest);
    }
}
