package io.fairlead.testing.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PropertyTest {
    @Test
    void aSeedBringsTheSameCasesBack() {
        assertThat(cases(7)).hasSize(50).isEqualTo(cases(7)).isNotEqualTo(cases(8));
        assertThat(new HashSet<>(cases(7))).hasSizeGreaterThan(40);
    }

    private static List<String> cases(long seed) {
        List<String> seen = new ArrayList<>();
        Property.holds(
                seed,
                50,
                any -> seen.add(any.text() + any.number() + any.integer(1, 9) + any.of("a", "b") + any.bool()));
        return seen;
    }

    @Test
    void aFailureNamesSeedCaseAndWhatWasDrawn() {
        assertThatThrownBy(() -> Property.holds(
                        42,
                        1_000,
                        any -> assertThat(any.integer(0, 9) + any.of("\n")).isNotEqualTo("3\n")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dfairlead.property.seed=42")
                .hasMessageContaining("of 1000 fails")
                .hasMessageContaining("drawn: [3, \\u000a]");
        assertThatThrownBy(() -> Property.holds(1, any -> {
                    throw new IllegalStateException("broken");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("broken")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void theBordersOfEveryRangeAreTried() {
        Set<Long> numbers = new HashSet<>();
        Set<Integer> sizes = new HashSet<>();
        Set<Integer> lengths = new HashSet<>();
        boolean[] halfPair = {false};
        Property.holds(1, 1_000, any -> {
            numbers.add(any.number());
            sizes.add(any.bytes(3, 70).length);
            String text = any.text();
            lengths.add(text.length());
            halfPair[0] |= text.chars().anyMatch(c -> Character.isSurrogate((char) c));
            assertThat(any.integer(3, 5)).isBetween(3, 5);
            assertThat(any.number(-5, Long.MAX_VALUE)).isGreaterThanOrEqualTo(-5);
            assertThat(any.some(1, List.of(1, 2, 3))).doesNotHaveDuplicates().isNotEmpty();
            assertThat(any.list(2, 4, one -> one.of("x"))).hasSizeBetween(2, 4);
            assertThat(any.joined(3, List.of("ab"))).matches("(ab){0,3}");
        });
        assertThat(numbers).contains(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
        assertThat(sizes).contains(3, 70);
        assertThat(lengths).contains(0, 1);
        assertThat(halfPair[0]).isTrue();
    }
}
