package io.fairlead.forge.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void takesWhatGitLabTakes() {
        for (String good : new String[] {"a", "my-app.v2", "A_b", "1", "_x"}) {
            assertThat(Names.part(good)).as(good).isTrue();
        }
        for (String bad : new String[] {"", ".", "..", "-a", "a.", "a..b", "a.git", "a.ATOM", "a/b", "a b", "ä"}) {
            assertThat(Names.part(bad)).as(bad).isFalse();
        }
        assertThat(Names.top("API")).isFalse();
        assertThat(Names.agent("a".repeat(63))).isTrue();
        assertThat(Names.agent("a".repeat(64))).isFalse();
        assertThat(Names.agent("A")).isFalse();
        assertThat(Names.agent("a-")).isFalse();
    }

    @Test
    void whatIsTakenIsSafeInAPath() {
        Property.holds(any -> {
            String text = any.bool()
                    ? any.text()
                    : any.joined(6, List.of("a", "B", "-", "_", ".", "/", "%", "\\", "\0", "git"));
            if (Names.part(text)) {
                assertThat(text).doesNotContain("/", "\\", "%", "..", "\u0000").doesNotStartWith(".");
            }
        });
    }
}
