package io.fairlead.forge.secret;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.ids.RandomIds;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals texts that the database keeps and must give back: AES-256-GCM with a key from a file beside the database, a new
 * nonce for each, bound to where the text belongs, so that a sealed text moved elsewhere does not open.
 */
public final class SecretBox {
    /** The file of the key among the secrets. */
    public static final String KEY_FILE = "database-key";

    private static final String VERSION = "v1:";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final RandomIds random;

    /** @param key 32 bytes as Base64 */
    public SecretBox(String key, RandomIds random) {
        byte[] bytes = bytes(key);
        if (bytes.length != KEY_BYTES) {
            throw new FairleadException(
                    "secret.bad-key",
                    "the key in " + KEY_FILE + " has " + bytes.length + " bytes and must have " + KEY_BYTES
                            + "; put back the file that belongs to this database");
        }
        this.key = new SecretKeySpec(bytes, "AES");
        this.random = random;
    }

    private static byte[] bytes(String key) {
        try {
            return Base64.getDecoder().decode(key);
        } catch (IllegalArgumentException e) {
            throw new FairleadException("secret.bad-key", "the key in " + KEY_FILE + " is not Base64");
        }
    }

    /** @param place what the text belongs to, such as {@code variable 7}; must be the same when it is opened */
    public String seal(String place, String text) {
        byte[] nonce = random.bytes(NONCE_BYTES);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, place).doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
            return VERSION + Base64.getEncoder().encodeToString(whole);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing", e);
        }
    }

    /** @throws FairleadException {@code secret.unreadable} when this key did not seal it for this place */
    public String open(String place, String sealed) {
        try {
            if (!sealed.startsWith(VERSION)) {
                throw unreadable(place);
            }
            byte[] whole = Base64.getDecoder().decode(sealed.substring(VERSION.length()));
            if (whole.length < NONCE_BYTES) {
                throw unreadable(place);
            }
            byte[] text = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(whole, NONCE_BYTES), place)
                    .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
            return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(place);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static FairleadException unreadable(String place) {
        return new FairleadException(
                "secret.unreadable",
                place + " cannot be read with the key in " + KEY_FILE
                        + "; put back the file that belongs to this database");
    }
}
