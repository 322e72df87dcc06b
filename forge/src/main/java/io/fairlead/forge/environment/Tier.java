package io.fairlead.forge.environment;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an environment is for. */
public enum Tier {
    PRODUCTION,
    STAGING,
    TESTING,
    DEVELOPMENT,
    OTHER;

    /** Parts of names that tell, in the order in which GitLab asks. */
    private static final Map<Tier, Pattern> PARTS = Map.of(
            DEVELOPMENT, Pattern.compile("dev|review|trunk"),
            TESTING, Pattern.compile("test|tst|int|ac(ce)?pt|qa|qc|control|quality"),
            STAGING, Pattern.compile("sta?g|mode?l|pre|demo|non"),
            PRODUCTION, Pattern.compile("pro?d|live"));

    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Tier of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /** The tier of an environment whose maker did not say one. */
    static Tier guess(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        for (Tier tier : new Tier[] {DEVELOPMENT, TESTING, STAGING, PRODUCTION}) {
            boolean told = Optional.ofNullable(PARTS.get(tier))
                    .filter(part -> part.matcher(folded).find())
                    .isPresent();
            if (told) {
                return tier;
            }
        }
        return OTHER;
    }
}
