package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.agentcfg.text.ConfigurationText;
import io.fairlead.agentcfg.text.ProtoToJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserAccessTest {
    private static Optional<UserAccess> read(String yaml) {
        return UserAccess.read(
                ProtoToJson.of(ConfigurationText.parse("config.yaml", yaml.getBytes(StandardCharsets.UTF_8))
                        .file()));
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
    void ignoresWhatIsMoreThanGitLabReads() {
        String many = "user_access:\n  projects:\n" + "  - id: a/b\n".repeat(ConfigurationText.ENTRIES_MAX + 7);
        assertThat(read(many).orElseThrow().projects()).hasSize(ConfigurationText.ENTRIES_MAX);
    }
}
