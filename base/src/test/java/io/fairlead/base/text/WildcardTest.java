package io.fairlead.base.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
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
        int fitting = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            String pattern = letters(random, 8, "ab*");
            String name = letters(random, 10, "abb");
            boolean fits = byExpression(pattern, name);
            assertThat(Wildcard.fits(pattern, name))
                    .as("seed %d: %s fits %s", seed, pattern, name)
                    .isEqualTo(fits);
            fitting += fits ? 1 : 0;
        }
        assertThat(fitting).isGreaterThan(1_000);
    }

    private static String letters(Random random, int max, String alphabet) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(max + 1); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Test
    void noPatternTakesLong() {
        assertThat(Wildcard.fits("*a".repeat(5_000) + "c", "a".repeat(50_000) + "b"))
                .isFalse();
    }
}
