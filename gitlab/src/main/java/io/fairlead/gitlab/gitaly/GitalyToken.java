package io.fairlead.gitlab.gitaly;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Gitaly's bearer token, version 2: {@code v2.<hex HMAC-SHA256 of the time>.<time in Unix seconds>}. It proves knowledge
 * of the shared secret at a moment; Gitaly accepts clocks that differ by up to {@link #SKEW_MAX}.
 */
public final class GitalyToken {
    public static final Duration SKEW_MAX = Duration.ofSeconds(30);

    private static final Pattern FORM = Pattern.compile("v2\\.([0-9a-f]{64})\\.([0-9]{1,18})");

    private GitalyToken() {}

    /** The token for now; {@code secret} is not empty (an empty one means Gitaly wants no token). */
    public static String sign(String secret, Clock clock) {
        String message = Long.toString(clock.instant().getEpochSecond());
        return "v2." + HexFormat.of().formatHex(hmac(secret, message)) + "." + message;
    }

    /** Whether {@code token} was made with {@code secret}, about now. Takes the same time wherever they differ. */
    public static boolean verify(String token, String secret, Clock clock) {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            return false;
        }
        byte[] presented = HexFormat.of().parseHex(form.group(1));
        boolean signed = MessageDigest.isEqual(presented, hmac(secret, form.group(2)));
        long skew = clock.instant().getEpochSecond() - Long.parseLong(form.group(2));
        return signed && Math.abs(skew) <= SKEW_MAX.toSeconds();
    }

    private static byte[] hmac(String secret, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(message.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every JDK has HmacSHA256 for keys of any length", e);
        }
    }
}
