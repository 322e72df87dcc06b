package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.GitProgram.Run;
import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Protected branches and tags, over the API and with the real git. */
@Tag(TestDatabase.BOTH)
class ProtectionTest {
    @TempDir
    static Path data;

    private static RunningForge forge;
    private static String developer;
    private static long developerId;

    @TempDir
    Path work;

    private GitProgram source;
    private String first;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(data);
        developer = forge.personWithToken("dev", "api", "write_repository");
        developerId = forge.userId("dev");
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    @BeforeEach
    void commit() throws Exception {
        source = new GitProgram(work).init("source");
        first = source.commit("a", "a");
    }

    private long project(String name) {
        long id = forge.project(name);
        forge.post("/api/v4/projects/" + id + "/members", "user_id=" + developerId + "&access_level=30");
        return id;
    }

    private static String remote(String project, String token) {
        return "http://x:" + token + "@127.0.0.1:" + forge.app.httpAddress().getPort() + "/root/" + project + ".git";
    }

    private Run push(String project, String token, String... what) {
        String[] line = new String[what.length + 2];
        line[0] = "push";
        line[1] = remote(project, token);
        System.arraycopy(what, 0, line, 2, what.length);
        return source.run(line);
    }

    @Test
    void theDefaultBranchIsProtectedFromTheStart() throws Exception {
        long id = project("fresh");
        Answer listed = forge.get("/api/v4/projects/" + id + "/protected_branches");
        assertThat(listed.header("X-Total")).isEqualTo("1");
        assertThat(listed.json().get(0).get("name").asString()).isEqualTo("main");
        assertThat(listed.json().get(0).at("/push_access_levels/0/access_level").asLong())
                .isEqualTo(40);
        assertThat(listed.json()
                        .get(0)
                        .at("/merge_access_levels/0/access_level_description")
                        .asString())
                .isEqualTo("Maintainers");
        assertThat(listed.json().get(0).get("allow_force_push").asBoolean()).isFalse();
        push("fresh", forge.rootToken, "main").succeeds();
        source.commit("b", "b");
        assertThat(push("fresh", developer, "main").output())
                .contains("You are not allowed to push code to protected branches on this project.");
        push("fresh", developer, "main:topic").succeeds();
    }

    @Test
    void nobodyThrowsCommitsOfAProtectedBranchAway() throws Exception {
        long id = project("forced");
        source.commit("b", "b");
        push("forced", forge.rootToken, "main", "main:topic").succeeds();
        source.run("reset", "-q", "--hard", first).succeeds();
        source.commit("c", "c");
        Run refused = push("forced", forge.rootToken, "--force", "main");
        assertThat(refused.status()).isNotZero();
        assertThat(refused.output())
                .contains("You are not allowed to force push code to a protected branch on this project.");
        push("forced", developer, "--force", "main:topic").succeeds();
        Answer changed = forge.call(
                "PATCH",
                "/api/v4/projects/" + id + "/protected_branches/main",
                forge.rootToken,
                "allow_force_push=true");
        assertThat(changed.json().get("allow_force_push").asBoolean()).isTrue();
        push("forced", forge.rootToken, "--force", "main").succeeds();
    }

    @Test
    void patternsProtectWhatIsNotThereYet() throws Exception {
        long id = project("patterns");
        push("patterns", forge.rootToken, "main").succeeds();
        Answer added = forge.post(
                "/api/v4/projects/" + id + "/protected_branches",
                "name=release/*-stable&push_access_level=0&merge_access_level=30");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json()
                        .at("/push_access_levels/0/access_level_description")
                        .asString())
                .isEqualTo("No one");
        assertThat(forge.post("/api/v4/projects/" + id + "/protected_branches", "name=release/*-stable")
                        .status())
                .isEqualTo(409);
        assertThat(push("patterns", forge.rootToken, "main:release/1-stable").status())
                .isNotZero();
        push("patterns", developer, "main:release/1-test").succeeds();
        String path = "/api/v4/projects/" + id + "/protected_branches/release%2F*-stable";
        assertThat(forge.get(path).json().get("name").asString()).isEqualTo("release/*-stable");
        assertThat(forge.delete(path).status()).isEqualTo(204);
        assertThat(forge.get(path).status()).isEqualTo(404);
        push("patterns", developer, "main:release/1-stable").succeeds();
    }

    @Test
    void letsNamedPeopleThrough() throws Exception {
        long id = project("named");
        push("named", forge.rootToken, "main").succeeds();
        String form = "name=prod&allowed_to_push[][user_id]=" + developerId;
        Answer added = forge.post("/api/v4/projects/" + id + "/protected_branches", form);
        assertThat(added.json().at("/push_access_levels/0/user_id").asLong()).isEqualTo(developerId);
        push("named", developer, "main:prod").succeeds();
        assertThat(push("named", developer, ":prod").output())
                .contains("You can only delete protected branches using the web interface.");
        long grant = added.json().at("/push_access_levels/0/id").asLong();
        forge.call(
                "PATCH",
                "/api/v4/projects/" + id + "/protected_branches/prod",
                forge.rootToken,
                "{\"allowed_to_push\":[{\"id\":" + grant + ",\"_destroy\":true},{\"access_level\":40}]}");
        source.commit("b", "b");
        assertThat(push("named", developer, "main:prod").status()).isNotZero();
        String stranger = "name=x&allowed_to_push[][user_id]=999999";
        assertThat(forge.post("/api/v4/projects/" + id + "/protected_branches", stranger)
                        .status())
                .isEqualTo(422);
    }

    @Test
    void protectedTagsAreMadeByFewAndNeverMoved() throws Exception {
        long id = project("tags");
        push("tags", forge.rootToken, "main").succeeds();
        Answer added = forge.post("/api/v4/projects/" + id + "/protected_tags", "name=v*");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().at("/create_access_levels/0/access_level").asLong())
                .isEqualTo(40);
        assertThat(push("tags", developer, "main:refs/tags/v1").output())
                .contains("You are not allowed to create this tag as it is protected.");
        push("tags", developer, "main:refs/tags/free").succeeds();
        push("tags", forge.rootToken, "main:refs/tags/v1").succeeds();
        source.commit("b", "b");
        assertThat(push("tags", forge.rootToken, "--force", "main:refs/tags/v1").output())
                .contains("Protected tags cannot be updated.");
        assertThat(push("tags", forge.rootToken, ":refs/tags/v1").status()).isNotZero();
        assertThat(forge.delete("/api/v4/projects/" + id + "/protected_tags/v*").status())
                .isEqualTo(204);
        push("tags", forge.rootToken, ":refs/tags/v1").succeeds();
    }

    @Test
    void theProtectionGoesToTheBranchThatBecomesTheDefaultOne() {
        long id = project("other-default");
        push("other-default", forge.rootToken, "main:trunk").succeeds();
        Answer listed = forge.get("/api/v4/projects/" + id + "/protected_branches");
        assertThat(listed.json().get(0).get("name").asString()).isEqualTo("trunk");
        assertThat(listed.header("X-Total")).isEqualTo("1");
    }

    @Test
    void whoMayNotMoveTheDefaultBranchDoesNotChooseIt() {
        long id = project("unborn");
        for (String branch : new String[] {"main", "main:topic"}) {
            assertThat(push("unborn", developer, branch).output())
                    .contains("A default branch (e.g. main) does not yet exist for root/unborn. Ask a project Owner or"
                            + " Maintainer to push it first.");
        }
        Answer left = forge.get("/api/v4/projects/" + id + "/protected_branches");
        assertThat(left.json().get(0).get("name").asString()).isEqualTo("main");
        push("unborn", forge.rootToken, "main").succeeds();
        push("unborn", developer, "main:topic").succeeds();
    }

    @Test
    void whereNothingIsProtectedDevelopersMayBegin() {
        long id = project("open-handed");
        assertThat(forge.call("DELETE", "/api/v4/projects/" + id + "/protected_branches/main", forge.rootToken, "")
                        .status())
                .isEqualTo(204);
        push("open-handed", developer, "main:topic").succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "0123456789012345678901234567890123456789", "refs/heads/x", "-x"})
    void noBranchIsCalledLikeSomethingElse(String name) {
        String project = "names-" + Math.abs(name.hashCode());
        long id = project(project);
        push(project, forge.rootToken, "main").succeeds();
        for (String kind : new String[] {"heads", "tags"}) {
            Run refused = push(project, forge.rootToken, "main:refs/" + kind + "/" + name);
            assertThat(refused.status()).isNotZero();
            assertThat(refused.output()).contains(name).doesNotContain("500");
        }
        assertThat(forge.post("/api/v4/projects/" + id + "/repository/branches", "ref=main&branch=" + name)
                        .status())
                .isEqualTo(400);
    }

    @Test
    void takesPushOptions() {
        project("options");
        push("options", forge.rootToken, "-o", "ci.skip", "main").succeeds();
    }
}
