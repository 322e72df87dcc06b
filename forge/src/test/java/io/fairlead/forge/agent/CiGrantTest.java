package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.forge.api.ForgeJson;
import java.util.List;
import org.junit.jupiter.api.Test;

class CiGrantTest {
    private static List<CiGrant> read(String json) {
        return CiGrant.read(ForgeJson.MAPPER.readTree(json));
    }

    @Test
    void readsProjectsAndGroupsWithoutTheirIds() {
        assertThat(read("""
                {"ci_access":{"projects":[{"id":"A/b","default_namespace":"n"},{"noid":1}],"groups":[{"id":"G"}]}}"""))
                .containsExactly(
                        new CiGrant(
                                CiGrant.Kind.PROJECT,
                                "a/b",
                                0,
                                ForgeJson.MAPPER.readTree("{\"default_namespace\":\"n\"}")),
                        new CiGrant(CiGrant.Kind.GROUP, "g", 0, ForgeJson.MAPPER.readTree("{}")));
    }

    @Test
    void whatIsNoListGivesNothing() {
        for (String json :
                List.of("{}", "[]", "{\"ci_access\":null}", "{\"ci_access\":{\"projects\":{\"id\":\"a\"}}}")) {
            assertThat(read(json)).as(json).isEmpty();
        }
    }

    @Test
    void ignoresWhatIsMoreThanGitLabReads() {
        String many = "{\"ci_access\":{\"projects\":[" + "{\"id\":\"a/b\"},".repeat(CiGrant.ENTRIES_MAX + 3)
                + "{\"id\":\"a/last\"}]}}";
        assertThat(read(many))
                .hasSize(CiGrant.ENTRIES_MAX)
                .noneMatch(grant -> grant.pathFolded().equals("a/last"));
    }

    @Test
    void matchesEnvironmentsByNameAndGlob() {
        CiGrant grant = read("""
                {"ci_access":{"projects":[{"id":"a/b","environments":["production","review/*","*/eu","a.b"]}]}}""").getFirst();
        for (String good : List.of("production", "review/", "review/a/b", "x/eu", "a.b")) {
            assertThat(grant.allowsEnvironment(good)).as(good).isTrue();
        }
        for (String bad : List.of("", "production2", "Production", "review", "eu", "axb")) {
            assertThat(grant.allowsEnvironment(bad)).as(bad).isFalse();
        }
        assertThat(read("{\"ci_access\":{\"projects\":[{\"id\":\"a/b\"}]}}")
                        .getFirst()
                        .allowsEnvironment(""))
                .isTrue();
    }
}
