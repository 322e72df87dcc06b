package io.fairlead.forge.identity;

import io.fairlead.base.ids.RandomIds;
import io.fairlead.base.thread.ComputingThread;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Passwords as salted PBKDF2 with HMAC-SHA512. The text {@code pbkdf2-sha512$iterations$salt$hash} carries the cost, so it
 * can be raised without invalidating what is stored.
 */
public final class Passwords {
    private static final int ITERATIONS = 600_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BITS = 512;
    private static final String SCHEME = "pbkdf2-sha512";

    private final RandomIds random;

    public Passwords(RandomIds random) {
        this.random = random;
    }

    /** Takes about half a second of one processor, on purpose. */
    public String hash(char[] password) {
        byte[] salt = random.bytes(SALT_BYTES);
        byte[] hash = derive(password, salt, ITERATIONS);
        Base64.Encoder base64 = Base64.getEncoder();
        return String.join(
                "$", SCHEME, Integer.toString(ITERATIONS), base64.encodeToString(salt), base64.encodeToString(hash));
    }

    /** Whether {@code stored} was made from {@code password}; a text of another scheme matches nothing. */
    public boolean matches(char[] password, String stored) {
        String[] parts = stored.split("\\$", -1);
        if (parts.length != 4 || !parts[0].equals(SCHEME)) {
            return false;
        }
        Base64.Decoder base64 = Base64.getDecoder();
        byte[] actual = derive(password, base64.decode(parts[2]), Integer.parseInt(parts[1]));
        return MessageDigest.isEqual(actual, base64.decode(parts[3]));
    }

    private static byte[] derive(char[] password, byte[] salt, int iterations) {
        return ComputingThread.compute("password", () -> derived(password, salt, iterations));
    }

    private static byte[] derived(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Java runtime lacks PBKDF2WithHmacSHA512", e);
        } finally {
            spec.clearPassword();
        }
    }
}
