package io.fairlead.forge.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A public key as {@code ssh-keygen} writes it: type, Base64, and perhaps a comment.
 *
 * @param type such as {@code ssh-ed25519}
 * @param base64 the key itself
 * @param comment empty when there was none
 */
public record SshPublicKey(String type, String base64, String comment) {
    private static final int TEXT_MAX = 16 * 1024;
    private static final int COMMENT_MAX = 255;
    private static final int RSA_BITS_MIN = 2048;
    private static final int RSA_BITS_MAX = 16 * 1024;

    /** The types that are taken and how many fields their bytes hold after the type. */
    private static final Map<String, Integer> FIELDS = Map.of(
            "ssh-ed25519", 1,
            "ssh-rsa", 2,
            "ecdsa-sha2-nistp256", 2,
            "ecdsa-sha2-nistp384", 2,
            "ecdsa-sha2-nistp521", 2,
            "sk-ssh-ed25519@openssh.com", 2,
            "sk-ecdsa-sha2-nistp256@openssh.com", 3);

    /** Reads one line; nothing when it is no public key that is good enough. */
    public static Optional<SshPublicKey> parse(String text) {
        String line = text.strip();
        if (line.length() > TEXT_MAX || line.chars().anyMatch(Character::isISOControl)) {
            return Optional.empty();
        }
        String[] parts = line.split(" +", 3);
        if (parts.length < 2 || !FIELDS.containsKey(parts[0])) {
            return Optional.empty();
        }
        String comment = parts.length == 3 ? parts[2].strip() : "";
        SshPublicKey key =
                new SshPublicKey(parts[0], parts[1], comment.substring(0, Math.min(comment.length(), COMMENT_MAX)));
        return key.bytes().filter(key::wellFormed).map(bytes -> key);
    }

    /** The line without its comment: what is the same for the same key. */
    public String text() {
        return type + " " + base64;
    }

    /** As {@code ssh-keygen -l} prints it, without {@code SHA256:}. */
    public String sha256() {
        return Base64.getEncoder().withoutPadding().encodeToString(digest("SHA-256"));
    }

    /** The older form: sixteen bytes in hexadecimal, with colons. */
    public String md5() {
        return HexFormat.ofDelimiter(":").formatHex(digest("MD5"));
    }

    private byte[] digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes().orElseThrow());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Optional<byte[]> bytes() {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether the bytes name the same type and hold its fields, nothing more, and enough bits. */
    private boolean wellFormed(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Optional<byte[]> named = field(in);
        if (named.isEmpty() || !new String(named.get(), StandardCharsets.ISO_8859_1).equals(type)) {
            return false;
        }
        Optional<byte[]> last = Optional.empty();
        for (int i = FIELDS.getOrDefault(type, 0); i > 0; i--) {
            last = field(in);
            if (last.isEmpty()) {
                return false;
            }
        }
        if (in.hasRemaining() || last.isEmpty()) {
            return false;
        }
        return switch (type) {
            case "ssh-ed25519" -> last.get().length == 32;
            case "ssh-rsa" -> bits(last.get()) >= RSA_BITS_MIN && bits(last.get()) <= RSA_BITS_MAX;
            default -> true;
        };
    }

    /** A length of four bytes and that many bytes, at least one. */
    private static Optional<byte[]> field(ByteBuffer in) {
        if (in.remaining() < Integer.BYTES) {
            return Optional.empty();
        }
        int length = in.getInt();
        if (length < 1 || length > in.remaining()) {
            return Optional.empty();
        }
        byte[] field = new byte[length];
        in.get(field);
        return Optional.of(field);
    }

    private static int bits(byte[] number) {
        return new java.math.BigInteger(1, number).bitLength();
    }
}
