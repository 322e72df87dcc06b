package io.fairlead.forge.protection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ProtectedRefTest {
    private static boolean covers(String pattern, String name) {
        return new ProtectedRef(1, RefKind.BRANCH, pattern, false, List.of()).covers(name);
    }

    @Test
    void aStarStandsForAnythingAlsoForNothing() {
        assertThat(covers("*", "main")).isTrue();
        assertThat(covers("release/*", "release/1/2")).isTrue();
        assertThat(covers("release/*", "release/")).isTrue();
        assertThat(covers("*-stable", "1-stable")).isTrue();
        assertThat(covers("a*a", "a")).isFalse();
        assertThat(covers("main", "Main")).isFalse();
        assertThat(covers("ma.n", "main")).isFalse();
    }

    @Test
    void agreesWithARegularExpression() {
        Property.holds(random -> {
            String pattern = random.joined(6, List.of("a", "b", "*", "/"));
            String name = random.joined(8, List.of("a", "b", "/"));
            StringBuilder expression = new StringBuilder();
            for (char c : pattern.toCharArray()) {
                expression.append(c == '*' ? ".*" : Pattern.quote(String.valueOf(c)));
            }
            assertThat(covers(pattern, name))
                    .as("%s covers %s", pattern, name)
                    .isEqualTo(name.matches(expression.toString()));
        });
    }
}
