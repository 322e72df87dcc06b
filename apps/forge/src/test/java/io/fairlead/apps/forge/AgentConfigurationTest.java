package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.apps.forge.GitProgram.Run;
import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.forge.repository.Repositories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent's configuration is checked when it is pushed, and the last valid one is in force from then on. */
@Tag(TestDatabase.BOTH)
class AgentConfigurationTest {
    private static final String OPEN = "user_access: {projects: [{id: root/%s}]}\n";

    @TempDir
    static Path folder;

    @TempDir
    Path work;

    private static RunningForge forge;
    private static String person;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        person = forge.tokenOf(1, "k8s_proxy");
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String open(String project) {
        return String.format(OPEN, project);
    }

    private static int mayUse(long agent) throws Exception {
        return asked(agent).status();
    }

    private static Answer asked(long agent) throws Exception {
        return forge.kas(
                "POST", "/api/v4/internal/kubernetes/authorize_proxy_user", null, """
                {"agent_id":%d,"access_type":"personal_access_token","access_key":"%s"}""".formatted(agent, person));
    }

    private GitProgram clone(String project) throws Exception {
        GitProgram source = new GitProgram(Files.createTempDirectory(work, "clone"));
        source.run(
                        "clone",
                        "-q",
                        "http://x:" + forge.rootToken + "@127.0.0.1:"
                                + forge.app.httpAddress().getPort() + "/root/" + project + ".git",
                        ".")
                .succeeds();
        source.run("checkout", "-q", "-B", "main").succeeds();
        return source;
    }

    private static Run push(GitProgram source, String text) throws Exception {
        source.commit(".gitlab/agents/edge/config.yaml", text);
        return source.run("push", "origin", "main").succeeds();
    }

    @Test
    void aMistakeIsShownToWhoPushesAndChangesNothing() throws Exception {
        long agent = forge.agent(forge.project("checked"), "edge");
        GitProgram source = clone("checked");
        assertThat(push(source, open("checked")).output()).doesNotContain("remote:");
        assertThat(mayUse(agent)).isEqualTo(201);
        String good = source.run("rev-parse", "HEAD").output().strip();

        String refused =
                push(source, "user_access:\n  projcts:\n  - id: root/checked\n").output();
        assertThat(refused)
                .contains(
                        "remote: ERROR: .gitlab/agents/edge/config.yaml:2:3: unknown key projcts in user_access; did you"
                                + " mean projects?")
                .contains("remote: Until that is mended, the configuration of commit " + good.substring(0, 8)
                        + " stays in force for agent edge.");
        assertThat(mayUse(agent)).isEqualTo(201);

        source.commit("README.md", "other\n");
        assertThat(source.run("push", "origin", "main").succeeds().output())
                .as("who changes something else is not told again")
                .doesNotContain("remote: ERROR");
        assertThat(mayUse(agent)).isEqualTo(201);

        assertThat(push(source, "user_access: {projects: []}\n").output()).doesNotContain("remote:");
        assertThat(mayUse(agent)).as("in force when the push has returned").isEqualTo(403);
    }

    @Test
    void withNoValidConfigurationYetNobodyIsLetInAndToldWhy() throws Exception {
        long agent = forge.agent(forge.project("never"), "edge");
        GitProgram source = clone("never");
        assertThat(push(source, "- no mapping\n").output())
                .contains(
                        "remote: ERROR: .gitlab/agents/edge/config.yaml:1:1: the file is a list and must be a mapping")
                .contains("remote: Until that is mended, agent edge is shared with nobody.");
        Answer answer = asked(agent);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.response().body()).contains(".gitlab/agents/edge/config.yaml:1:1");
    }

    @Test
    void deletingTheFileWithdrawsIt() throws Exception {
        long agent = forge.agent(forge.project("withdrawn"), "edge");
        GitProgram source = clone("withdrawn");
        push(source, open("withdrawn"));
        assertThat(mayUse(agent)).isEqualTo(201);
        push(source, "[broken\n");
        assertThat(mayUse(agent)).isEqualTo(201);
        source.run("rm", "-q", ".gitlab/agents/edge/config.yaml").succeeds();
        source.run("commit", "-q", "-m", "gone").succeeds();
        source.run("push", "-q", "origin", "main").succeeds();
        assertThat(mayUse(agent)).isEqualTo(403);
    }

    @Test
    void aConfigurationThatWaitsIsInForceWhenItsAgentComes() throws Exception {
        long project = forge.project("waiting");
        push(clone("waiting"), open("waiting"));
        assertThat(mayUse(forge.agent(project, "edge"))).isEqualTo(201);
    }

    @Test
    void theDefaultBranchCountsWhicheverItIs() throws Exception {
        long project = forge.project("branches");
        long agent = forge.agent(project, "edge");
        GitProgram source = clone("branches");
        push(source, "user_access: {projects: []}\n");
        source.run("checkout", "-q", "-b", "open").succeeds();
        source.commit(".gitlab/agents/edge/config.yaml", open("branches"));
        source.run("push", "-q", "origin", "open").succeeds();
        assertThat(mayUse(agent)).isEqualTo(403);
        forge.call("PUT", "/api/v4/projects/" + project, forge.rootToken, "default_branch=open");
        assertThat(mayUse(agent)).isEqualTo(201);
    }

    @Test
    void whatIsCommittedOverTheApiIsCheckedTheSame() throws Exception {
        long project = forge.project("by-api");
        long agent = forge.agent(project, "edge");
        Answer good = forge.configure(project, "edge", open("by-api"));
        assertThat(good.status()).isEqualTo(201);
        assertThat(good.header("X-Fairlead-Warning")).isEmpty();
        Answer refused = forge.configure(project, "edge", "user_access:\n  access_as: {agnt: {}}\n");
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.header("X-Fairlead-Warning"))
                .contains(
                        "ERROR: .gitlab/agents/edge/config.yaml:2:15: unknown key agnt in user_access.access_as; did you"
                                + " mean agent? | Until that is mended, the configuration of commit ");
        assertThat(mayUse(agent)).isEqualTo(201);
        assertThat(forge.configure(project, "edge", "").status()).isEqualTo(204);
        assertThat(mayUse(agent)).isEqualTo(403);
    }

    @Test
    void moreThanFiveHundredEntriesAreWarnedOf() throws Exception {
        forge.agent(forge.project("crowded"), "edge");
        String many = "user_access:\n  projects:\n" + "  - id: a/b\n".repeat(501);
        assertThat(push(clone("crowded"), many).output())
                .contains(
                        "remote: WARNING: .gitlab/agents/edge/config.yaml:503:5: user_access.projects has 501 entries;"
                                + " the first 500 count");
    }

    /** While the repository cannot be read nothing changes; when it can, what the push withdrew is withdrawn, unasked. */
    @Test
    void aLookThatFailedIsMadeAgain() throws Exception {
        long project = forge.project("repaired");
        long agent = forge.agent(project, "edge");
        GitProgram source = clone("repaired");
        push(source, open("repaired"));
        assertThat(mayUse(agent)).isEqualTo(201);
        source.run("rm", "-q", ".gitlab/agents/edge/config.yaml").succeeds();
        source.run("commit", "-q", "-m", "gone").succeeds();
        String gone = source.run("rev-parse", "HEAD").output().strip();
        source.run("push", "-q", "origin", "main:refs/heads/aside").succeeds();
        Path repository = folder.resolve("repositories").resolve(Repositories.relativePath(project));
        Path branch = repository.resolve("refs/heads/main");

        Path broken = Files.writeString(work.resolve("commit"), """
                tree %s
                author A <a@example.com> 1 +0000
                committer A <a@example.com> 1 +0000

                without its tree
                """.formatted("0123456789".repeat(4)));
        String commit = source.run(
                        "--git-dir=" + repository,
                        "hash-object",
                        "-t",
                        "commit",
                        "-w",
                        "--literally",
                        broken.toString())
                .succeeds()
                .output()
                .strip();
        Files.writeString(branch, commit + "\n");
        forge.app.parts.agentConfigurations.defaultBranchChanged(project);
        assertThat(inForce(agent)).as("what was in force stays").isTrue();
        Files.writeString(branch, gone + "\n");
        await().atMost(Duration.ofSeconds(30)).until(() -> !inForce(agent));
        assertThat(mayUse(agent)).isEqualTo(403);
    }

    /** Read past the looks that every question makes. */
    private static boolean inForce(long agent) {
        return !forge.app
                .parts
                .agentConfigurationQueries
                .of(agent)
                .orElseThrow()
                .commit()
                .isEmpty();
    }

    @Test
    void whatAnotherTopLevelGroupHasIsWarnedOf() throws Exception {
        long agent = forge.agent(forge.project("abroad"), "edge");
        assertThat(push(
                                clone("abroad"),
                                "user_access: {projects: [{id: root/abroad}], groups: [{id: elsewhere/team}]}\n")
                        .output())
                .contains(
                        "remote: WARNING: .gitlab/agents/edge/config.yaml: user_access.groups[0] names elsewhere/team,"
                                + " which is in another top-level group, and has no effect until the administrator adds"
                                + " \"root:elsewhere\" to agents.shared_across_groups");
        assertThat(mayUse(agent)).isEqualTo(201);
    }

    @Test
    void aLineShowsNothingThatMovesTheCursor() throws Exception {
        forge.agent(forge.project("cursor"), "edge");
        String output = push(clone("cursor"), "\"\\e[31mred\\a\": 1\n").output();
        assertThat(output).contains("remote: ERROR: .gitlab/agents/edge/config.yaml:1:1: unknown key ?[31mred?");
    }

    /** Whoever can break one agent's file must not keep another's from being withdrawn, nor break an answer. */
    @Test
    void oneAgentsFileDoesNotHinderAnothers() throws Exception {
        long project = forge.project("many");
        long later = forge.agent(project, "later");
        forge.configure(project, "later", open("many"));
        assertThat(mayUse(later)).isEqualTo(201);
        GitProgram source = clone("many");
        source.commit(".gitlab/agents/a-hostile/config.yaml", "\"a\\0\\r\\nX-Evil: 1\": 1\n");
        source.commit(".gitlab/agents/b-hostile/config.yaml", "ci_access: {groups: [{id: \"a\\0\"}]}\n");
        source.commit(".gitlab/agents/later/config.yaml", "user_access: {projects: []}\n");
        Answer before = forge.post("/api/v4/projects/" + project + "/cluster_agents", "name=a-hostile");
        assertThat(before.status()).isEqualTo(201);
        source.run("push", "-q", "origin", "main").succeeds();
        assertThat(mayUse(later)).isEqualTo(403);
        Answer added = forge.post("/api/v4/projects/" + project + "/cluster_agents", "name=b-hostile");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.header("X-Fairlead-Warning")).contains("has a character that no text can have");
        assertThat(asked(before.id()).response().body()).contains("unknown key a???X-Evil: 1");
        assertThat(added.header("X-Evil")).isEmpty();
    }

    /** kas may have read the repository some time ago. */
    @Test
    void aReportOfKasBringsNothingOlderBack() throws Exception {
        long agent = forge.agent(forge.project("reported"), "edge");
        push(clone("reported"), "user_access: {projects: []}\n");
        String older = "{\"agent_id\":" + agent
                + ",\"agent_config\":{\"user_access\":{\"projects\":[{\"id\":\"root/reported\"}]}}}";
        assertThat(forge.kas("POST", "/api/v4/internal/kubernetes/agent_configuration", null, older)
                        .status())
                .isEqualTo(204);
        assertThat(mayUse(agent)).isEqualTo(403);
    }

    @Test
    void whatIsInForceOutlivesTheProcess(@TempDir Path data) throws Exception {
        ForgeConfig config = ForgeConfig.loopback(data, RunningForge.EXTERNAL_URL);
        long agent;
        try (RunningForge first = new RunningForge(config)) {
            long project = first.project("kept");
            agent = first.agent(project, "edge");
            first.configure(project, "edge", open("kept"));
            first.configure(project, "edge", "[broken\n");
        }
        try (RunningForge second = new RunningForge(config)) {
            String token = second.tokenOf(1, "k8s_proxy");
            assertThat(second.kas("POST", "/api/v4/internal/kubernetes/authorize_proxy_user", null, """
                    {"agent_id":%d,"access_type":"personal_access_token","access_key":"%s"}""".formatted(
                                            agent, token))
                            .status())
                    .isEqualTo(201);
        }
    }
}
