package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables of projects and groups over the API. */
@Tag(TestDatabase.BOTH)
class VariableTest {
    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String variables(String project) {
        return "/api/v4/projects/" + forge.project(project) + "/variables";
    }

    @Test
    void liveAsGitLabHasThem() {
        String all = variables("variables");
        Answer made =
                forge.post(all, "{\"key\":\"TOKEN\",\"value\":\"a b\",\"protected\":true,\"variable_type\":\"file\"}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.json().toString())
                .isEqualTo("{\"variable_type\":\"file\",\"key\":\"TOKEN\",\"value\":\"a b\",\"hidden\":false,"
                        + "\"protected\":true,\"masked\":false,\"raw\":false,\"environment_scope\":\"*\","
                        + "\"description\":null}");
        assertThat(forge.post(all, "key=TOKEN&value=x").response().body()).contains("(TOKEN) has already been taken");
        assertThat(forge.post(all, "key=A-B&value=x").status()).isEqualTo(400);
        assertThat(forge.post(all, "key=A").status()).isEqualTo(400);
        assertThat(forge.post(all, "key=A&value=").status())
                .as("an empty value is one")
                .isEqualTo(201);
        assertThat(forge.post(all, "key=B&value=" + "x".repeat(10_001)).status())
                .isEqualTo(400);
        Answer changed = forge.call("PUT", all + "/TOKEN", forge.rootToken, "value=new&protected=false");
        assertThat(changed.json().get("value").asString()).isEqualTo("new");
        assertThat(changed.json().get("variable_type").asString()).isEqualTo("file");
        assertThat(forge.get(all).json()).hasSize(2);
        assertThat(forge.delete(all + "/TOKEN").status()).isEqualTo(204);
        assertThat(forge.get(all + "/TOKEN").status()).isEqualTo(404);
    }

    @Test
    void oneOfSeveralScopesIsNamedByTheFilter() {
        String all = variables("scoped");
        forge.post(all, "key=K&value=1&environment_scope=production");
        forge.post(all, "key=K&value=2&environment_scope=review/*");
        assertThat(forge.get(all + "/K").status()).isEqualTo(409);
        assertThat(forge.get(all
                                + "/K?filter[environment_scope]=production"
                                        .replace("[", "%5B")
                                        .replace("]", "%5D"))
                        .json()
                        .get("value")
                        .asString())
                .isEqualTo("1");
        String second = all + "/K?filter%5Benvironment_scope%5D=review%2F*";
        assertThat(forge.call("PUT", second, forge.rootToken, "environment_scope=production")
                        .status())
                .isEqualTo(400);
        assertThat(forge.delete(second).status()).isEqualTo(204);
        assertThat(forge.get(all + "/K").json().get("value").asString()).isEqualTo("1");
    }

    @Test
    void hiddenValuesAreNeverShownAgainAndMaskedOnesCanBeMasked() {
        String all = variables("hidden-variables");
        assertThat(forge.post(all, "key=M&value=short&masked=true").status()).isEqualTo(400);
        assertThat(forge.post(all, "key=M&value=two%0Alines-here&masked=true").status())
                .isEqualTo(400);
        Answer hidden = forge.post(all, "key=H&value=sufficiently-long&masked_and_hidden=true");
        assertThat(hidden.json().get("value").isNull()).isTrue();
        assertThat(hidden.json().get("masked").asBoolean()).isTrue();
        assertThat(forge.get(all + "/H").json().get("value").isNull()).isTrue();
        assertThat(forge.call("PUT", all + "/H", forge.rootToken, "masked=false")
                        .json()
                        .get("masked")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void groupsHaveTheirOwn() {
        long group = forge.post("/api/v4/groups", "name=g&path=variable-group").id();
        String all = "/api/v4/groups/" + group + "/variables";
        assertThat(forge.post(all, "key=G&value=1").status()).isEqualTo(201);
        assertThat(forge.get("/api/v4/groups/variable-group/variables/G")
                        .json()
                        .get("value")
                        .asString())
                .isEqualTo("1");
    }

    @Test
    void valuesLieSealedInTheDatabase() throws Exception {
        String all = variables("sealed");
        forge.post(all, "key=S&value=open-sesame-12345");
        assertThat(forge.get(all + "/S").json().get("value").asString()).isEqualTo("open-sesame-12345");
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as("%s", file)
                        .doesNotContain("open-sesame-12345");
            }
        }
    }
}
