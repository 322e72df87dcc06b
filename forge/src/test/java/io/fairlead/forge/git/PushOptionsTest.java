package io.fairlead.forge.git;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PushOptionsTest {
    @Test
    void knowsWhatGitLabKnowsAndKeepsValuesAsTheyAre() {
        PushOptions options =
                PushOptions.read(List.of("ci.skip", "ci.variable=A=b = c", "mr.title=", "merge_request.create"));
        assertThat(options.known())
                .containsExactly(
                        new PushOption("ci.skip", ""),
                        new PushOption("ci.variable", "A=b = c"),
                        new PushOption("merge_request.title", ""),
                        new PushOption("merge_request.create", ""));
        assertThat(options.warnings()).hasSize(2).allMatch(line -> line.contains("no effect"));
    }

    @Test
    void saysWhichOptionIsIgnoredWithoutRepeatingWhatATerminalWouldObey() {
        Property.holds(any -> {
            String text = any.text();
            PushOptions options = PushOptions.read(List.of("x." + text));
            assertThat(options.known()).isEmpty();
            assertThat(options.warnings()).singleElement().satisfies(line -> {
                assertThat(line).contains("is ignored").hasSizeLessThan(140);
                assertThat(line.chars()).allMatch(c -> c == '…' || (c >= ' ' && c < 127));
            });
        });
    }

    @Test
    void hasABoundOnNumberAndLength() {
        assertThat(PushOptions.refusal(Collections.nCopies(64, "ci.skip"))).isEmpty();
        assertThat(PushOptions.refusal(Collections.nCopies(65, "ci.skip"))).hasValue("more than 64 push options");
        assertThat(PushOptions.refusal(List.of("a".repeat(4_096)))).isEmpty();
        assertThat(PushOptions.refusal(List.of("a".repeat(4_097)))).isPresent();
    }
}
