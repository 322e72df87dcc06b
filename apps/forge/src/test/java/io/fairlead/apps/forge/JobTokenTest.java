package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Tokens for what runs as a job, made by hand. */
@Tag(TestDatabase.BOTH)
class JobTokenTest {
    @TempDir
    static Path folder;

    private static final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    private static RunningForge forge;
    private static long project;
    private static long agent;
    private static String maintainer;
    private static String developer;

    @BeforeAll
    static void start() throws Exception {
        InstantSource time = now::get;
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return time.instant();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL), clock);
        project = forge.post("/api/v4/projects", "name=shop&initialize_with_readme=true")
                .id();
        agent = forge.agent(project, "edge");
        forge.configure(project, "edge", """
                ci_access:
                  projects:
                  - {id: root/shop, environments: [production], protected_branches_only: true, access_as: {ci_job: {}}}
                  - {id: root/shop, environments: ["review/*"], access_as: {ci_user: {}}}
                """);
        forge.post("/api/v4/projects/" + project + "/repository/branches", "branch=feature&ref=main");
        forge.post("/api/v4/projects/" + project + "/repository/tags", "tag_name=v1&ref=main");
        maintainer = member("maintainer", 40);
        developer = member("developer", 30);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String member(String name, int level) {
        String token = forge.personWithToken(name, "api");
        forge.post(
                "/api/v4/projects/" + project + "/members", "user_id=" + forge.userId(name) + "&access_level=" + level);
        return token;
    }

    private static Answer create(String token, String form) {
        return forge.call("POST", "/api/v4/projects/" + project + "/job_tokens", token, form);
    }

    private static Answer agents(JsonNode job) {
        return forge.send(
                "GET",
                "/api/v4/job/allowed_agents",
                Map.of("Job-Token", job.get("token").asString()),
                "");
    }

    @Test
    void aJobIsWhatItsTokenWasMadeFor() {
        Answer made = create(maintainer, "ref=main&environment=production");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        JsonNode job = made.json();
        assertThat(job.get("token").asString()).startsWith("glcbt-");
        assertThat(job.get("protected").asBoolean()).isTrue();
        assertThat(job.get("username").asString()).isEqualTo("maintainer");
        assertThat(job.get("environment").toString())
                .isEqualTo("{\"name\":\"production\",\"slug\":\"production\",\"tier\":\"production\"}");
        JsonNode told = agents(job).json();
        assertThat(told.get("job").get("id").asLong()).isEqualTo(job.get("id").asLong());
        assertThat(told.get("user").get("username").asString()).isEqualTo("maintainer");
        JsonNode allowed = told.get("allowed_agents").get(0);
        assertThat(allowed.get("id").asLong()).isEqualTo(agent);
        assertThat(allowed.get("config_project").get("path_with_namespace").asString())
                .isEqualTo("root/shop");
        assertThat(allowed.get("configuration").get("access_as").has("ci_job")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            main,    production, 1
            v1,      production, 0
            feature, production, 0
            main,    staging,    0
            main,    -,          0
            feature, review/1,   1
            refs/heads/main, production, 1
            refs/tags/v1,    review/1,   1
            """)
    void itsReferenceAndEnvironmentDecideItsAgents(
            String ref, @org.jspecify.annotations.Nullable String environment, int count) {
        Answer made = create(maintainer, "ref=" + ref + (environment == null ? "" : "&environment=" + environment));
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(agents(made.json()).json().get("allowed_agents")).hasSize(count);
    }

    @Test
    void anEnvironmentThatIsThereBringsItsSlugTierAndAgent() {
        forge.post(
                "/api/v4/projects/" + project + "/environments",
                "name=Live Shop&tier=production&cluster_agent_id=" + agent);
        JsonNode environment =
                create(maintainer, "environment=Live Shop").json().get("environment");
        assertThat(environment.get("tier").asString()).isEqualTo("production");
        assertThat(environment.get("slug").asString()).startsWith("live-shop-");
        assertThat(environment.get("cluster_agent_id").asLong()).isEqualTo(agent);
    }

    @Test
    void onlyMaintainersMakeThemAndOnlyForThemselves() {
        assertThat(create(developer, "").status()).isEqualTo(403);
        Answer other = create(maintainer, "username=developer");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.response().body()).contains("only administrators");
        Answer byAdmin = create(forge.rootToken, "username=developer&ref=feature");
        assertThat(byAdmin.status()).isEqualTo(201);
        assertThat(byAdmin.json().get("username").asString()).isEqualTo("developer");
    }

    @Test
    void nobodyRunsWithRightsThatTheyDoNotHave() {
        Answer guarded = create(forge.rootToken, "username=developer&ref=main");
        assertThat(guarded.status()).isEqualTo(403);
        assertThat(guarded.response().body()).contains("developer may not run jobs on main: it is protected");
        member("reporter", 20);
        assertThat(create(forge.rootToken, "username=reporter&ref=feature").status())
                .isEqualTo(403);
        forge.personWithToken("stranger", "api");
        assertThat(create(forge.rootToken, "username=stranger&ref=feature").status())
                .isEqualTo(403);
        member("shut-out", 40);
        forge.post("/api/v4/users/" + forge.userId("shut-out") + "/block", "");
        assertThat(create(forge.rootToken, "username=shut-out&ref=feature").status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "ref=absent, ref",
        "ref=HEAD, ref",
        "ref=main~1, ref",
        "environment=/x, name",
        "environment=a*, name",
        "expires_in=9, expires_in",
        "expires_in=86401, expires_in",
        "expires_in=-1, expires_in",
        "expires_in=soon, expires_in"
    })
    void refusesWhatCannotBe(String form, String member) {
        Answer answer = create(forge.rootToken, form);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.response().body()).contains(member);
    }

    @Test
    void itEndsWhenItIsRevoked() {
        JsonNode job = create(maintainer, "environment=production").json();
        assertThat(agents(job).status()).isEqualTo(200);
        String path = "/job_tokens/" + job.get("id").asLong();
        long elsewhere = forge.project("elsewhere");
        assertThat(forge.delete("/api/v4/projects/" + elsewhere + path).status())
                .isEqualTo(404);
        assertThat(forge.call("DELETE", "/api/v4/projects/" + project + path, developer, "")
                        .status())
                .isEqualTo(403);
        assertThat(agents(job).status()).isEqualTo(200);
        assertThat(forge.call("DELETE", "/api/v4/projects/" + project + path, maintainer, "")
                        .status())
                .isEqualTo(204);
        assertThat(agents(job).status()).isEqualTo(401);
        assertThat(forge.call("DELETE", "/api/v4/projects/" + project + path, maintainer, "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void itEndsWhenItsTimeIsOver() {
        JsonNode job =
                create(maintainer, "environment=production&expires_in=60").json();
        now.updateAndGet(time -> time.plus(Duration.ofSeconds(59)));
        assertThat(agents(job).status()).isEqualTo(200);
        now.updateAndGet(time -> time.plus(Duration.ofSeconds(1)));
        assertThat(agents(job).status()).isEqualTo(401);
    }
}
