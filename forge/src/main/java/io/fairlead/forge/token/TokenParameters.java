package io.fairlead.forge.token;

import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What requests say of the tokens they ask for. */
final class TokenParameters {
    private static final int LIFETIME_DAYS_MAX = 365;
    private static final int NAME_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 1024;

    private TokenParameters() {}

    static String name(Parameters parameters) {
        String name = parameters.requiredText("name");
        if (name.length() > NAME_LENGTH_MAX) {
            throw ApiError.invalid("name", "is too long (maximum is " + NAME_LENGTH_MAX + " characters)");
        }
        return name;
    }

    static Optional<String> description(Parameters parameters) {
        Optional<String> description = parameters.text("description");
        if (description.filter(text -> text.length() > DESCRIPTION_LENGTH_MAX).isPresent()) {
            throw ApiError.invalid("description", "is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)");
        }
        return description;
    }

    /** At least one of {@code allowed}. */
    static Set<Scope> scopes(Parameters parameters, Set<Scope> allowed) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String text : parameters.texts("scopes")) {
            scopes.add(Scope.of(text)
                    .filter(allowed::contains)
                    .orElseThrow(() -> ApiError.badParameter("scopes does not have a valid value")));
        }
        if (scopes.isEmpty()) {
            throw ApiError.badParameter("scopes is missing");
        }
        return scopes;
    }

    /** A day after today, a year ahead at most. */
    static LocalDate expiry(Parameters parameters, LocalDate today, LocalDate otherwise) {
        LocalDate last = today.plusDays(LIFETIME_DAYS_MAX);
        LocalDate expires = parameters.dayAfter("expires_at", today).orElse(otherwise);
        if (expires.isAfter(last)) {
            throw ApiError.invalid("expires_at", "must be before " + last.plusDays(1));
        }
        return expires;
    }

    /** The longest that a token may live. */
    static LocalDate last(LocalDate today) {
        return today.plusDays(LIFETIME_DAYS_MAX);
    }
}
