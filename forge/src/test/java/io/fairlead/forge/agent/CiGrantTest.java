package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.agentcfg.text.ConfigurationText;
import io.fairlead.forge.api.ForgeJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CiGrantTest {
    private static List<CiGrant> read(String json) {
        return CiGrant.read(tree(json));
    }

    private static JsonNode tree(String json) {
        return ForgeJson.MAPPER.readTree(json);
    }

    @Test
    void readsEntriesWithoutTheirIds() {
        assertThat(read("""
                {"ci_access":{"projects":[{"id":"A/b","default_namespace":"n"},{"noid":1}],"groups":[{"id":"G"}],
                 "instance":{"default_namespace":"i"}}}"""))
                .containsExactly(
                        new CiGrant(CiGrant.Kind.PROJECT, "a/b", 0, tree("{\"default_namespace\":\"n\"}")),
                        new CiGrant(CiGrant.Kind.GROUP, "g", 0, tree("{}")),
                        new CiGrant(CiGrant.Kind.INSTANCE, "", 0, tree("{\"default_namespace\":\"i\"}")));
    }

    @Test
    void whatIsNoListGivesNothing() {
        for (String json : List.of(
                "{}",
                "[]",
                "{\"ci_access\":null}",
                "{\"ci_access\":{\"instance\":null}}",
                "{\"ci_access\":{\"projects\":{\"id\":\"a\"}}}")) {
            assertThat(read(json)).as(json).isEmpty();
        }
    }

    @Test
    void ignoresWhatIsMoreThanGitLabReads() {
        String many = "{\"ci_access\":{\"projects\":[" + "{\"id\":\"a/b\"},".repeat(ConfigurationText.ENTRIES_MAX + 3)
                + "{\"id\":\"a/last\"}]}}";
        assertThat(read(many))
                .hasSize(ConfigurationText.ENTRIES_MAX)
                .noneMatch(grant -> grant.pathFolded().equals("a/last"));
    }

    @Test
    void matchesEnvironmentsByNameAndPattern() {
        CiGrant grant = read("""
                {"ci_access":{"projects":[{"id":"a/b","environments":["production","review/*","*/eu","a.b"]}]}}""").getFirst();
        for (String good : List.of("production", "review/", "review/a/b", "x/eu", "a.b")) {
            assertThat(grant.allowsEnvironment(good)).as(good).isTrue();
        }
        for (String bad : List.of("", "production2", "Production", "review", "eu", "axb")) {
            assertThat(grant.allowsEnvironment(bad)).as(bad).isFalse();
        }
        assertThat(grant.naming("production")).isEqualTo(CiGrant.Naming.NAME);
        assertThat(grant.naming("review/1")).isEqualTo(CiGrant.Naming.PATTERN);
        CiGrant general =
                read("{\"ci_access\":{\"projects\":[{\"id\":\"a/b\"}]}}").getFirst();
        assertThat(general.allowsEnvironment("")).isTrue();
        assertThat(general.naming("production")).isEqualTo(CiGrant.Naming.NONE);
    }
}
