package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of people, projects, groups and machines: what they open, how they end. The forge's clock is the test's. */
@Tag(TestDatabase.BOTH)
class TokenTest {
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
    private static final String PERSONAL = "/api/v4/personal_access_tokens";

    @TempDir
    static Path folder;

    @TempDir
    Path work;

    private static final AtomicReference<Instant> now = new AtomicReference<>(START);
    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        InstantSource source = now::get;
        Clock clock = new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return source.instant();
            }
        };
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL), clock);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String secret(Answer created) {
        assertThat(created.status()).as(created.response().body()).isIn(200, 201);
        return created.json().get("token").asString();
    }

    private static int user(String token) {
        return forge.call("GET", "/api/v4/user", token, "").status();
    }

    private String remote(String path, String name, String token) {
        return "http://" + name + ":" + token + "@127.0.0.1:"
                + forge.app.httpAddress().getPort() + "/" + path + ".git";
    }

    private GitProgram.Run lsRemote(String path, String name, String token) {
        return new GitProgram(work).run("ls-remote", remote(path, name, token));
    }

    private static long group(String path) {
        return forge.post("/api/v4/groups", "name=" + path + "&path=" + path).id();
    }

    private static long project(String name, long namespace) {
        return forge.post("/api/v4/projects", "name=" + name + "&namespace_id=" + namespace)
                .id();
    }

    @Test
    void rotationPutsANewTokenInThePlaceOfTheOld() {
        String first = forge.personWithToken("rotates", "api");
        long id = forge.call("GET", PERSONAL + "/self", first, "").id();
        Answer rotated = forge.call("POST", PERSONAL + "/" + id + "/rotate", first, "");
        String second = secret(rotated);
        assertThat(rotated.json().get("scopes").toString()).isEqualTo("[\"api\"]");
        assertThat(rotated.json().get("expires_at").asString()).isEqualTo("2026-06-08");
        assertThat(user(first)).isEqualTo(401);
        assertThat(user(second)).isEqualTo(200);
        String third = secret(forge.call("POST", PERSONAL + "/self/rotate", second, "expires_at=2026-12-31"));
        assertThat(forge.call("GET", PERSONAL + "/self", third, "")
                        .json()
                        .get("expires_at")
                        .asString())
                .isEqualTo("2026-12-31");

        // Somebody still has an old one: nothing that came from it can be trusted any more.
        assertThat(forge.post(PERSONAL + "/" + id + "/rotate", "").status()).isEqualTo(401);
        assertThat(user(third)).isEqualTo(401);
    }

    @Test
    void aTokenThatMayOnlyRotateItselfDoesNothingElse() {
        forge.personWithToken("self-rotator", "api");
        String token = forge.tokenOf(forge.userId("self-rotator"), "self_rotate");
        assertThat(user(token)).isEqualTo(403);
        assertThat(forge.call("GET", PERSONAL, token, "").status()).isEqualTo(403);
        assertThat(user(secret(forge.call("POST", PERSONAL + "/self/rotate", token, ""))))
                .isEqualTo(403);
        assertThat(user(token)).isEqualTo(401);
    }

    @Test
    void tokensEndWhenTheirDayBegins() {
        forge.personWithToken("expires", "api");
        String path = "/api/v4/users/" + forge.userId("expires") + "/personal_access_tokens";
        assertThat(forge.post(path, "name=a&scopes[]=api&expires_at=2026-06-01").status())
                .isEqualTo(400);
        assertThat(forge.post(path, "name=a&scopes[]=api&expires_at=2027-06-02").status())
                .isEqualTo(400);
        String token = secret(forge.post(path, "name=a&scopes[]=api&expires_at=2026-06-03"));
        Answer deploy = forge.post(
                "/api/v4/projects/" + forge.project("expiring") + "/deploy_tokens",
                "name=d&scopes[]=read_repository&expires_at=2026-06-02T18:00:00%2B02:00");
        String machine = secret(deploy);
        String name = deploy.json().get("username").asString();
        assertThat(forge.get("/api/v4/deploy_tokens").response().body()).contains("\"" + name + "\"");
        try {
            now.set(Instant.parse("2026-06-02T15:59:59Z"));
            assertThat(lsRemote("root/expiring", name, machine).status()).isZero();
            now.set(Instant.parse("2026-06-02T16:00:00Z"));
            assertThat(lsRemote("root/expiring", name, machine).status()).isNotZero();
            now.set(Instant.parse("2026-06-02T23:59:59Z"));
            assertThat(user(token)).isEqualTo(200);
            now.set(Instant.parse("2026-06-03T00:00:00Z"));
            Answer over = forge.call("GET", "/api/v4/user", token, "");
            assertThat(over.status()).isEqualTo(401);
            assertThat(over.json().get("error_description").asString()).contains("expired");
        } finally {
            now.set(START);
        }
    }

    @Test
    void listsTellWorkingTokensFromOthers() {
        forge.personWithToken("lists", "api");
        long user = forge.userId("lists");
        forge.tokenOf(user, "read_api");
        long first =
                forge.get(PERSONAL + "?user_id=" + user).json().get(0).get("id").asLong();
        forge.delete(PERSONAL + "/" + first);
        assertThat(forge.get(PERSONAL + "?user_id=" + user).json()).hasSize(2);
        assertThat(forge.get(PERSONAL + "?state=active&user_id=" + user).json()).hasSize(1);
        assertThat(forge.get(PERSONAL + "?state=inactive&user_id=" + user)
                        .json()
                        .get(0)
                        .get("id")
                        .asLong())
                .isEqualTo(first);
        assertThat(forge.get(PERSONAL + "?revoked=true&user_id=" + user).json()).hasSize(1);
        assertThat(forge.get(PERSONAL + "?state=odd&user_id=" + user).status()).isEqualTo(400);
        assertThat(forge.get(PERSONAL + "?search=TES&user_id=" + user).json()).hasSize(2);
    }

    @Test
    void aProjectsTokenSpeaksForABotThatIsAMemberOfNothingElse() throws Exception {
        long project = forge.project("automated");
        long other = forge.project("not-automated");
        String tokens = "/api/v4/projects/" + project + "/access_tokens";
        Answer made =
                forge.post(tokens, "{\"name\":\"ci\",\"scopes\":[\"api\",\"write_repository\"],\"access_level\":30}");
        String token = secret(made);
        assertThat(made.json().get("access_level").asInt()).isEqualTo(30);
        assertThat(made.json().get("resource_type").asString()).isEqualTo("project");
        assertThat(token).startsWith("glpat-");
        Answer bot = forge.call("GET", "/api/v4/user", token, "");
        assertThat(bot.json().get("username").asString()).startsWith("project_" + project + "_bot_");
        assertThat(bot.json().get("bot").asBoolean()).isTrue();
        String agents = "/cluster_agents";
        assertThat(forge.call("GET", "/api/v4/projects/" + project + agents, token, "")
                        .status())
                .isEqualTo(200);
        assertThat(forge.call("POST", "/api/v4/projects/" + project + agents, token, "name=a")
                        .status())
                .isEqualTo(403);
        assertThat(forge.call("GET", "/api/v4/projects/" + other, token, "").status())
                .isEqualTo(404);
        GitProgram git = new GitProgram(work).init("pushed");
        git.commit("a", "a");
        String remote = remote("root/automated", "bot", token);
        git.run("push", "-q", remote("root/automated", "root", forge.rootToken), "main")
                .succeeds();
        git.commit("b", "b");
        assertThat(git.run("push", "-q", remote, "main").output()).contains("not allowed to push code to protected");
        git.run("push", "-q", remote, "main:topic").succeeds();

        assertThat(forge.get(tokens).json()).hasSize(1);
        Answer rotated = forge.post(tokens + "/" + made.id() + "/rotate", "");
        assertThat(user(token)).isEqualTo(401);
        assertThat(forge.call("GET", "/api/v4/projects/" + project + agents, secret(rotated), "")
                        .status())
                .isEqualTo(200);
        assertThat(forge.get("/api/v4/projects/" + other + "/access_tokens/" + rotated.id())
                        .status())
                .isEqualTo(404);
        assertThat(forge.delete(tokens + "/" + rotated.id()).status()).isEqualTo(204);
        assertThat(user(secret(rotated))).isEqualTo(401);
        assertThat(forge.get("/api/v4/projects/" + project + "/members").json()).isEmpty();
        assertThat(forge.get(tokens + "?state=active").json()).isEmpty();
    }

    @Test
    void nobodyMakesATokenThatIsMoreThanThemAndBotsMakeNone() {
        long project = forge.project("ranked");
        String tokens = "/api/v4/projects/" + project + "/access_tokens";
        String maintainer = forge.personWithToken("token-maintainer", "api");
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId("token-maintainer") + "&access_level=40");
        String form = "name=t&scopes[]=api&access_level=";
        assertThat(forge.call("POST", tokens, maintainer, form + 50).status()).isEqualTo(400);
        String bot = secret(forge.call("POST", tokens, maintainer, form + 40));
        assertThat(forge.call("POST", tokens, bot, form + 10).status()).isEqualTo(403);
        Answer owners = forge.post(tokens, form + 50);
        assertThat(forge.call("POST", tokens + "/" + owners.id() + "/rotate", maintainer, "")
                        .status())
                .isEqualTo(403);
        assertThat(forge.delete("/api/v4/projects/" + project).status()).isEqualTo(202);
        assertThat(user(bot)).as("the bot went with its project").isEqualTo(401);
    }

    @Test
    void aGroupsTokenReachesAllThatIsInTheGroup() {
        long group = group("automated-group");
        long project = project("inside", group);
        Answer made = forge.post("/api/v4/groups/" + group + "/access_tokens", "name=g&scopes[]=api&access_level=40");
        String token = secret(made);
        assertThat(forge.call("POST", "/api/v4/projects/" + project + "/cluster_agents", token, "name=a")
                        .status())
                .isEqualTo(201);
        assertThat(forge.call("POST", "/api/v4/projects", token, "name=new&namespace_id=" + group)
                        .status())
                .isEqualTo(201);
        assertThat(forge.delete("/api/v4/groups/" + group).status()).isEqualTo(202);
        assertThat(user(token)).isEqualTo(401);
    }

    @Test
    void deployTokensFetchAndNothingElse() throws Exception {
        long group = group("deployed");
        long project = project("app", group);
        String tokens = "/api/v4/projects/" + project + "/deploy_tokens";
        Answer made = forge.post(tokens, "{\"name\":\"flux\",\"scopes\":[\"read_repository\"]}");
        String token = secret(made);
        String name = made.json().get("username").asString();
        assertThat(token).startsWith("gldt-");
        assertThat(name).isEqualTo("gitlab+deploy-token-" + made.id());
        assertThat(made.json().get("expires_at").isNull()).isTrue();
        assertThat(lsRemote("deployed/app", name, token).status()).isZero();
        assertThat(lsRemote("deployed/app", "another", token).status()).isNotZero();
        assertThat(lsRemote("deployed/app", name, "gldt-wrong").status()).isNotZero();
        project("other", group);
        assertThat(lsRemote("deployed/other", name, token).status()).isNotZero();
        GitProgram git = new GitProgram(work).init("refused");
        git.commit("a", "a");
        assertThat(git.run("push", "-q", remote("deployed/app", name, token), "main")
                        .status())
                .isNotZero();
        assertThat(user(token)).isEqualTo(401);
        assertThat(forge.get(tokens + "/" + made.id()).json().has("token")).isFalse();
        assertThat(forge.post(tokens, "name=x&scopes[]=api").status()).isEqualTo(400);
        assertThat(forge.post(tokens, "name=x&scopes[]=read_repository&expires_at=2020-01-01")
                        .status())
                .isEqualTo(400);
        assertThat(forge.delete(tokens + "/" + made.id()).status()).isEqualTo(204);
        assertThat(forge.get(tokens).json()).isEmpty();
        assertThat(lsRemote("deployed/app", name, token).status()).isNotZero();

        Answer wide = forge.post(
                "/api/v4/groups/" + group + "/deploy_tokens", "name=all&scopes[]=read_repository&username=machines");
        assertThat(lsRemote("deployed/other", "machines", secret(wide)).status())
                .isZero();
        forge.project("elsewhere");
        assertThat(lsRemote("root/elsewhere", "machines", secret(wide)).status())
                .isNotZero();
        String registry = secret(forge.post(tokens, "name=x&scopes[]=read_registry&username=images"));
        assertThat(lsRemote("deployed/app", "images", registry).status()).isNotZero();
    }

    @Test
    void aJobFetchesItsOwnProjectAndPushesNowhere() throws Exception {
        long project = forge.project("built");
        forge.project("not-built");
        GitProgram git = new GitProgram(work).init("source");
        git.commit("a", "a");
        git.run("push", "-q", remote("root/built", "x", forge.rootToken), "main")
                .succeeds();
        forge.app
                .jobTokens()
                .put(
                        "glcbt-git",
                        new io.fairlead.forge.access.JobIdentity(1, 2, project, 1, false, null),
                        now.get().plus(Duration.ofHours(1)));
        assertThat(lsRemote("root/built", "gitlab-ci-token", "glcbt-git").status())
                .isZero();
        assertThat(lsRemote("root/not-built", "gitlab-ci-token", "glcbt-git").status())
                .isNotZero();
        assertThat(lsRemote("root/built", "someone", "glcbt-git").status()).isNotZero();
        git.commit("b", "b");
        assertThat(git.run("push", "-q", remote("root/built", "gitlab-ci-token", "glcbt-git"), "main")
                        .status())
                .isNotZero();
        forge.app.jobTokens().end(1);
        assertThat(lsRemote("root/built", "gitlab-ci-token", "glcbt-git").status())
                .isNotZero();
    }

    @Test
    void noSecretLiesInTheDatabase() throws Exception {
        long project = forge.project("secretive");
        String pat = forge.personWithToken("secretive", "api");
        String deploy =
                secret(forge.post("/api/v4/projects/" + project + "/deploy_tokens", "name=d&scopes[]=read_repository"));
        String agent = forge.agentToken(project, forge.agent(project, "a"));
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(bytes).as("%s", file).doesNotContain(pat, deploy, agent, forge.rootToken);
            }
        }
    }
}
