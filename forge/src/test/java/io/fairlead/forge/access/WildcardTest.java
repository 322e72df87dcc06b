package io.fairlead.forge.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WildcardTest {
    /** The same by regular expressions, which take long on some patterns and are no choice for what strangers write. */
    private static boolean byExpression(String pattern, String name) {
        StringBuilder expression = new StringBuilder();
        for (String literal : pattern.split("\\*", -1)) {
            expression.append(expression.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(expression.toString(), Pattern.DOTALL)
                .matcher(name)
                .matches();
    }

    @Test
    void fitsWhatAnExpressionFits() {
        Property.holds(20_000, any -> {
            String pattern = letters(any.integer(0, 8), any.integer(0, 1 << 24), "ab*");
            String name = letters(any.integer(0, 10), any.integer(0, 1 << 24), "abb");
            assertThat(Wildcard.fits(pattern, name))
                    .as("%s fits %s", pattern, name)
                    .isEqualTo(byExpression(pattern, name));
        });
    }

    private static String letters(int length, int bits, String alphabet) {
        StringBuilder text = new StringBuilder();
        int rest = bits;
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(rest % alphabet.length()));
            rest /= alphabet.length();
        }
        return text.toString();
    }

    @Test
    void noPatternTakesLong() {
        assertThat(Wildcard.fits("*a".repeat(5_000) + "c", "a".repeat(50_000) + "b"))
                .isFalse();
    }
}
