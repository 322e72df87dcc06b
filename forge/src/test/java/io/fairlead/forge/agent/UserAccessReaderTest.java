package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.testing.property.Property;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserAccessReaderTest {
    private static Optional<UserAccess> read(String yaml) {
        return UserAccessReader.read("config.yaml", yaml);
    }

    @Test
    void readsProjectsAndGroupsAndAsWhomToAct() {
        assertThat(read("user_access:\n  access_as: {user: {}}\n  projects:\n  - id: a/b\n  groups: [{id: g}]\n"))
                .contains(new UserAccess(UserAccess.As.USER, List.of("a/b"), List.of("g")));
    }

    @Test
    void actsAsTheAgentWhenNothingIsSaid() {
        assertThat(read("user_access:\n  projects: [{id: a/b}]\n"))
                .contains(new UserAccess(UserAccess.As.AGENT, List.of("a/b"), List.of()));
        assertThat(read("user_access:\n  access_as:\n  projects:\n"))
                .contains(new UserAccess(UserAccess.As.AGENT, List.of(), List.of()));
    }

    @Test
    void findsNothingWhereThereIsNothing() {
        for (String yaml : List.of("", "# a comment\n", "ci_access: {}\n", "user_access:\n", "~\n")) {
            assertThat(read(yaml)).as(yaml).isEmpty();
        }
    }

    @Test
    void saysWhereTheMistakeIs() {
        assertThatThrownBy(() -> read("user_access:\n  access_as: {agent: {}, user: {}}\n"))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("config.yaml:2:14")
                .hasMessageContaining("exactly one");
        assertThatThrownBy(() -> read("user_access:\n  projects: [{name: x}]\n"))
                .hasMessageContaining("needs an id");
        assertThatThrownBy(() -> read("- a\n")).isInstanceOf(FairleadException.class);
    }

    /** Found by attacking it: it ended in a StackOverflowError. */
    @Test
    void refusesWhatIsNestedWithoutBound() {
        assertThatThrownBy(() -> read("user_access: " + "[".repeat(50_000)))
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("more than 64 lists and mappings in each other");
    }

    @Test
    void ignoresWhatIsMoreThanGitLabReads() {
        String many = "user_access:\n  projects:\n" + "  - id: a/b\n".repeat(UserAccessReader.ENTRIES_MAX + 7);
        assertThat(read(many).orElseThrow().projects()).hasSize(UserAccessReader.ENTRIES_MAX);
    }

    private static final List<String> ALMOST_YAML = List.of(
            "user_access:",
            "projects:",
            "access_as:",
            "agent:",
            "- id:",
            "{}",
            "[",
            "]",
            "{",
            "}",
            " ",
            "  ",
            "\n",
            "&a",
            "*a",
            "!!int",
            "'",
            "\"",
            "x",
            ": ",
            "? ",
            "|",
            "---\n",
            "\t",
            "\u0000");

    @Test
    void neverFailsInAnyOtherWay() {
        Property.holds(any -> {
            try {
                assertThat(read(any.joined(20, ALMOST_YAML))).isNotNull();
            } catch (FairleadException e) {
                assertThat(e.code()).isIn("yaml.invalid", "agent.user-access-invalid");
            }
        });
    }
}
