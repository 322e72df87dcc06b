package io.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.cli.output.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class JobTokenCommandTest {
    private static final String AGENT = """
            {"id":%d,"name":"%s","config_project":{"id":1,"path_with_namespace":"acme/platform"},
             "configuration":{"default_namespace":"%s"}}""";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private FakeForge forge;

    @BeforeEach
    void start() throws IOException {
        forge = new FakeForge();
        forge.answer("GET /metadata", 200, "{\"kas\":{\"externalK8sProxyUrl\":\"https://kas.example.com/k8s-proxy\"}}");
        job("");
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    private void job(String environment) {
        forge.answer("POST /projects/acme%2Fshop/job_tokens", 201, """
                {"id":12,"token":"glcbt-secret","ref":"main","protected":true,"username":"ada",
                 "expires_at":"2026-11-23T13:00:00.000Z"%s}""".formatted(environment));
    }

    private void agents(String... agents) {
        forge.answer("GET /job/allowed_agents", 200, "{\"allowed_agents\":[" + String.join(",", agents) + "]}");
    }

    private static String agent(int id, String name, String namespace) {
        return AGENT.formatted(id, name, namespace);
    }

    private int run(String... arguments) {
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                new Environment(Map.of("FAIRLEAD_URL", forge.url(), "FAIRLEAD_TOKEN", "admin-token")),
                Clock.systemUTC());
        return FairleadCommand.execute(FairleadCommand.commandLine(context, Map.of()), arguments);
    }

    private JsonNode kubeconfig() throws IOException {
        Path file = folder.resolve("kubeconfig");
        assertThat(run("job-token", "create", "acme/shop", "--kubeconfig", file.toString()))
                .as("%s", err)
                .isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        return Json.tree(Files.readString(file));
    }

    @Test
    void printsTheTokenAndNothingElse() {
        assertThat(run(
                        "job-token",
                        "create",
                        "acme/shop",
                        "--ref",
                        "main",
                        "--environment",
                        "production",
                        "--minutes",
                        "5",
                        "--file",
                        "-"))
                .isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("glcbt-secret\n");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("job 12 of acme/shop, as ada on main (protected), until 2026-11-23T13:00:00.000Z")
                .doesNotContain("glcbt-secret");
        assertThat(forge.requests())
                .containsExactly("POST /projects/acme%2Fshop/job_tokens admin-token"
                        + " {\"ref\":\"main\",\"environment\":\"production\",\"expires_in\":300}");
    }

    @Test
    void aJobsKubeconfigIsGitLabs() throws IOException {
        agents(agent(7, "edge", "shop"), agent(9, "core", ""));
        JsonNode config = kubeconfig();
        assertThat(config.get("kind").asString()).isEqualTo("Config");
        assertThat(config.at("/clusters/0").toString())
                .contains("\"name\":\"gitlab\"", "\"server\":\"https://kas.example.com/k8s-proxy/\"");
        assertThat(config.at("/users/0/name").asString()).isEqualTo("agent:7");
        assertThat(config.at("/users/0/user/token").asString()).isEqualTo("ci:7:glcbt-secret");
        assertThat(config.at("/contexts/0/name").asString()).isEqualTo("acme/platform:edge");
        assertThat(config.at("/contexts/0/context/user").asString()).isEqualTo("agent:7");
        assertThat(config.at("/contexts/0/context/cluster").asString()).isEqualTo("gitlab");
        assertThat(config.at("/contexts/0/context/namespace").asString()).isEqualTo("shop");
        assertThat(config.at("/contexts/1/name").asString()).isEqualTo("acme/platform:core");
        assertThat(config.at("/contexts/1/context").has("namespace")).isFalse();
        assertThat(config.has("current-context")).as("there are two").isFalse();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("kubectl config use-context");
        assertThat(forge.requests()).contains("GET /job/allowed_agents glcbt-secret");
    }

    @Test
    void theOnlyAgentIsTheCurrentContext() throws IOException {
        agents(agent(7, "edge", ""));
        assertThat(kubeconfig().get("current-context").asString()).isEqualTo("acme/platform:edge");
    }

    @Test
    void theEnvironmentsAgentIsTheCurrentContext() throws IOException {
        job(",\"environment\":{\"name\":\"production\",\"cluster_agent_id\":9}");
        agents(agent(7, "edge", ""), agent(9, "core", ""));
        assertThat(kubeconfig().get("current-context").asString()).isEqualTo("acme/platform:core");
    }

    @Test
    void anAgentThatTheJobMayNotUseIsNoContext() throws IOException {
        job(",\"environment\":{\"name\":\"production\",\"cluster_agent_id\":11}");
        agents(agent(7, "edge", ""), agent(9, "core", ""));
        assertThat(kubeconfig().has("current-context")).isFalse();
    }

    @Test
    void saysWhenThereIsNoAgent() throws IOException {
        agents();
        assertThat(kubeconfig().get("contexts")).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("the job may use no agent: no entry of ci_access");
    }

    @ParameterizedTest
    @CsvSource({
        "--minutes 0 --file -, --minutes must be from 1 to 1440",
        "--minutes 1441 --file -, --minutes must be from 1 to 1440",
        "--minutes 5, say where the token goes",
        "--file - --kubeconfig -, cannot be the same"
    })
    void refusesOptionsThatCannotBe(String options, String message) {
        String[] arguments = ("job-token create acme/shop " + options).split(" ");
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
        assertThat(forge.requests()).isEmpty();
    }

    @Test
    void endsAJob() {
        forge.answer("DELETE /projects/acme%2Fshop/job_tokens/12", 204, "");
        assertThat(run("job-token", "revoke", "acme/shop", "12")).isZero();
        assertThat(run("job-token", "revoke", "acme/shop", "13")).isEqualTo(3);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("job 13 of acme/shop");
    }
}
