package io.fairlead.link.identity;

import java.util.Optional;

/** What any token looks like that a GitLab has ever made: what looks different is refused without asking. */
public final class TokenShape {
    /**
     * GitLab's agent and access tokens have some 30 to 300 characters, its job tokens, which are JWTs, up to some 2,000. kas
     * sends an agent's token three times in one head, of which a forge takes 16 KiB.
     */
    public static final int CHARS_MAX = 4096;

    private TokenShape() {}

    /** What is wrong with {@code token}, to come after "the token"; nothing when it may be one. */
    public static Optional<String> fault(String token) {
        if (token.length() > CHARS_MAX) {
            return Optional.of("has " + token.length() + " characters, and no token has more than " + CHARS_MAX);
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return Optional.of("holds characters that no token has, such as blanks");
        }
        return Optional.empty();
    }
}
