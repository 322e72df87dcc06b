package io.fairlead.forge.hook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What calls of a hook are signed with, so that the other side can tell that they come from here, unchanged and now. Form and
 * fields are those of Standard Webhooks, as GitLab has them.
 *
 * @param text {@code whsec_} and 32 bytes in Base64
 */
record SigningKey(String text) {
    private static final String PREFIX = "whsec_";
    private static final int KEY_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";

    /** Nothing when {@code text} is no such key. */
    static Optional<SigningKey> read(String text) {
        try {
            return text.startsWith(PREFIX) && bytes(text).length == KEY_BYTES
                    ? Optional.of(new SigningKey(text))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(String text) {
        return Base64.getDecoder().decode(text.substring(PREFIX.length()));
    }

    /**
     * The field {@code webhook-signature}.
     *
     * @param id what {@code webhook-id} says, the same at each try
     * @param seconds what {@code webhook-timestamp} says: when this try is made
     */
    String signature(String id, long seconds, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(bytes(text), ALGORITHM));
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey";
    }
}
