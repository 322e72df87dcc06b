package io.fairlead.link.identity.kas;

import io.fairlead.link.identity.AgentToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What tables know a token by, so that no table holds secrets. */
final class TokenHash {
    private TokenHash() {}

    static String of(AgentToken token) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(token.secret().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
