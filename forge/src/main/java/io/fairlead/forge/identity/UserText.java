package io.fairlead.forge.identity;

import io.fairlead.forge.api.ApiError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the texts of an account may be. */
final class UserText {
    private static final int PASSWORD_LENGTH_MIN = 8;
    private static final int PASSWORD_LENGTH_MAX = 128;
    private static final int TEXT_LENGTH_MAX = 255;

    private UserText() {}

    /** @throws ApiError 400 that names every text that breaks a rule */
    static void check(
            Optional<String> username, Optional<String> name, Optional<String> email, Optional<String> password) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (username.filter(text -> !Names.top(text)).isPresent()) {
            problems.put(
                    "username",
                    List.of("can contain only letters, digits, '_', '-' and '.', and must not be a reserved name"));
        }
        if (name.filter(text -> text.isBlank()
                        || text.length() > TEXT_LENGTH_MAX
                        || text.chars().anyMatch(Character::isISOControl))
                .isPresent()) {
            problems.put("name", List.of("must have 1 to " + TEXT_LENGTH_MAX + " printable characters"));
        }
        if (email.filter(text ->
                        text.length() > TEXT_LENGTH_MAX || !text.matches("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+"))
                .isPresent()) {
            problems.put("email", List.of("is invalid"));
        }
        if (password.map(String::length)
                .filter(length -> length < PASSWORD_LENGTH_MIN || length > PASSWORD_LENGTH_MAX)
                .isPresent()) {
            problems.put(
                    "password",
                    List.of("must have " + PASSWORD_LENGTH_MIN + " to " + PASSWORD_LENGTH_MAX + " characters"));
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
    }
}
