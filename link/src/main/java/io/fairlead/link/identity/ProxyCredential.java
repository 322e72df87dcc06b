package io.fairlead.link.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a client shows at the Kubernetes API proxy, and which agent it wants. Secrets never appear in text. */
public sealed interface ProxyCredential {
    /** The agent the client asks for; whether it may is {@link ProxyAccess}'s answer. */
    long agentId();

    /** SHA-256 over everything that decides the answer, in hex: safe to keep and to log. */
    String cacheKey();

    /** {@code Bearer ci:<agent id>:<job token>}. The answer is shared by all agents of one job token. */
    record CiJob(long agentId, String token) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return sha256("ci", token);
        }

        @Override
        public String toString() {
            return "CiJob[agentId=" + agentId + ", token=***]";
        }
    }

    /** {@code Bearer pat:<agent id>:<token>}. */
    record PersonalAccessToken(long agentId, String token) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return sha256("pat", Long.toString(agentId), token);
        }

        @Override
        public String toString() {
            return "PersonalAccessToken[agentId=" + agentId + ", token=***]";
        }
    }

    /** A browser's session: the cookie (decoded) and the CSRF token of the page. */
    record Session(long agentId, String cookie, String csrf) implements ProxyCredential {
        @Override
        public String cacheKey() {
            return sha256("session", Long.toString(agentId), cookie, csrf);
        }

        @Override
        public String toString() {
            return "Session[agentId=" + agentId + ", cookie=***, csrf=***]";
        }
    }

    private static String sha256(String... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                // The length goes before each part: ("ab","c") and ("a","bc") must not meet.
                digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
