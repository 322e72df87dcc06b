package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.testing.property.Property;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupSharingTest {
    @Test
    void staysInTheTopLevelGroupUnlessToldOtherwise() {
        assertThat(GroupSharing.NONE.reaches("org/a/agents", "ORG/b")).isTrue();
        assertThat(GroupSharing.NONE.reaches("org/agents", "org2/b")).isFalse();
        GroupSharing sharing = GroupSharing.of(List.of("Platform:apps", "tools:*"));
        assertThat(sharing.reaches("platform/agents", "Apps/team/x")).isTrue();
        assertThat(sharing.reaches("platform/agents", "other/x")).isFalse();
        assertThat(sharing.reaches("apps/agents", "platform/x"))
                .as("one way only")
                .isFalse();
        assertThat(sharing.reaches("tools/agents", "anybody/x")).isTrue();
        assertThat(sharing.reaches("x/tools/agents", "anybody/x")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", ":", "a:", ":b", "*:b", "a:b:c", "a/b:c", "a:b/c", "a: b", "a:b*", "-a:b"})
    void refusesWhatIsNoRule(String rule) {
        assertThatThrownBy(() -> GroupSharing.of(List.of(rule)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + rule + "\"")
                .hasMessageContaining("FROM:TO");
    }

    @Test
    void anyTextIsARuleOrRefused() {
        Property.holds(any -> {
            String text = any.text();
            try {
                GroupSharing sharing = GroupSharing.of(List.of(text));
                assertThat(sharing.across()).hasSize(1);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("FROM:TO");
            }
        });
    }
}
