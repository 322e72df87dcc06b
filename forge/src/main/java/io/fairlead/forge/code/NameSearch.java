package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import java.util.Locale;
import java.util.function.Predicate;

/** Which branches or tags a list is to hold: {@code ^} in front and {@code $} at the end of {@code search} bind it there. */
final class NameSearch {
    private NameSearch() {}

    static Predicate<String> of(Parameters parameters) {
        if (parameters.has("regex")) {
            throw ApiError.badParameter("regex is not known here, use search");
        }
        String text = parameters.text("search").orElse("").toLowerCase(Locale.ROOT);
        boolean begins = text.startsWith("^");
        boolean ends = text.length() > 1 && text.endsWith("$");
        String part = text.substring(begins ? 1 : 0, text.length() - (ends ? 1 : 0));
        return name -> {
            String folded = name.toLowerCase(Locale.ROOT);
            if (begins && ends) {
                return folded.equals(part);
            }
            return begins ? folded.startsWith(part) : ends ? folded.endsWith(part) : folded.contains(part);
        };
    }
}
