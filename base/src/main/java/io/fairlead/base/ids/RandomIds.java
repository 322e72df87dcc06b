package io.fairlead.base.ids;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** Identities and secrets that nobody can guess. */
public final class RandomIds {
    private final RandomGenerator random;

    /** {@code random} must be cryptographically strong outside tests. */
    public RandomIds(RandomGenerator random) {
        this.random = random;
    }

    /** The source a running process uses. */
    public static RandomIds secure() {
        return new RandomIds(new SecureRandom());
    }

    /** A number from 1 to {@link Long#MAX_VALUE}, such as the identity of one run of an agent. */
    public long positiveLong() {
        return random.nextLong(1, Long.MAX_VALUE);
    }

    /** {@code byteCount} random bytes. */
    public byte[] bytes(int byteCount) {
        byte[] bytes = new byte[byteCount];
        random.nextBytes(bytes);
        return bytes;
    }

    /** {@code byteCount} random bytes as Base64 with padding, the form of shared secrets in files. */
    public String base64Secret(int byteCount) {
        return Base64.getEncoder().encodeToString(bytes(byteCount));
    }

    /** {@code byteCount} random bytes in letters, digits, {@code -} and {@code _}, fit for names and URLs. */
    public String urlSafe(int byteCount) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(byteCount));
    }
}
