package io.fairlead.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.base.yaml.YamlDocument;
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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class FairleadCommandTest {
    private static final String AGENTS = "/projects/group%2Fproject/cluster_agents";

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final FakeForge forge;

    FairleadCommandTest() throws IOException {
        forge = new FakeForge();
    }

    @BeforeEach
    void answer() {
        forge.answer("GET " + AGENTS, 200, "[{\"id\":6,\"name\":\"other\"},{\"id\":7,\"name\":\"prod\"}]")
                .answer("POST " + AGENTS, 201, "{\"id\":8,\"name\":\"new\"}")
                .answer("POST " + AGENTS + "/7/tokens", 201, "{\"id\":3,\"token\":\"glagent-secret\"}")
                .answer("POST /user/personal_access_tokens", 201, "{\"token\":\"glpat-secret\"}")
                .answer(
                        "GET /metadata",
                        200,
                        "{\"kas\":{\"externalK8sProxyUrl\":\"https://kas.example.com/k8s-proxy\"}}");
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    @Test
    void createsAProjectInAnotherNamespace() {
        forge.answer("GET /namespaces/team%2Fweb", 200, "{\"id\":4}")
                .answer("POST /projects", 201, "{\"id\":9,\"path_with_namespace\":\"team/web/app\"}");

        assertThat(run("project", "create", "team/web/app", "--output", "json")).isZero();

        assertThat(Json.tree(out()).get("id").asLong()).isEqualTo(9);
        assertThat(forge.requests())
                .anyMatch(request -> request.startsWith("POST /projects admin-token")
                        && request.contains("\"name\":\"app\"")
                        && request.contains("\"namespace_id\":4"));
    }

    @Test
    void createsASubGroup() {
        forge.answer("GET /groups/team", 200, "{\"id\":4}")
                .answer("POST /groups", 201, "{\"id\":5,\"full_path\":\"team/web\"}");

        assertThat(run("group", "create", "team/web", "--visibility", "internal"))
                .isZero();

        assertThat(out()).isEqualTo("group team/web (id 5)\n");
        assertThat(forge.requests())
                .anyMatch(request -> request.startsWith("POST /groups admin-token")
                        && request.contains("\"parent_id\":4")
                        && request.contains("\"visibility\":\"internal\""));
    }

    @Test
    void addsAPersonAndMakesThemAToken() throws IOException {
        forge.answer("POST /users", 201, "{\"id\":12,\"username\":\"ada\"}")
                .answer("GET /users", 200, "[{\"id\":12,\"username\":\"ada\"}]")
                .answer("POST /users/12/personal_access_tokens", 201, "{\"id\":3,\"token\":\"glpat-secret\"}");
        Path file = folder.resolve("ada.token");

        assertThat(run("user", "create", "ada", "--email", "ada@example.com")).isZero();
        assertThat(run("token", "create", "ada", "--scope", "api", "--file", file.toString()))
                .isZero();

        assertThat(file).hasContent("glpat-secret\n");
        assertThat(out() + err()).doesNotContain("glpat-secret");
        assertThat(forge.requests()).anyMatch(request -> request.contains("\"scopes\":[\"api\"]"));
    }

    @Test
    void makesNoTokenForNobody() {
        forge.answer("GET /users", 200, "[]");

        assertThat(run("token", "create", "nobody", "--scope", "api", "--file", "-"))
                .isEqualTo(3);
    }

    @Test
    void makesNoTokenThatItCouldNotKeep() {
        String nowhere = folder.resolve("missing/ada.token").toString();

        assertThat(run("token", "create", "ada", "--scope", "api", "--file", nowhere))
                .isEqualTo(2);
        assertThat(run("agent", "token", "group/project:prod", "--file", folder.toString()))
                .isEqualTo(2);

        assertThat(err()).contains("there is no folder").contains("is a folder; name a file");
        assertThat(forge.requests()).isEmpty();
    }

    @Test
    void printsNoManifestForAnAgentThatIsNotThere() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "glagent-x");

        assertThat(run("agent", "manifest", "group/project:nobody", "--agent-token-file", token.toString()))
                .isEqualTo(3);

        assertThat(out()).isEmpty();
    }

    @Test
    void blocksAndUnblocksPeopleByName() {
        forge.answer("GET /users", 200, "[{\"id\":12,\"username\":\"ada\"}]")
                .answer("POST /users/12/block", 201, "true")
                .answer("POST /users/12/unblock", 201, "true");

        assertThat(run("user", "block", "ada")).isZero();
        assertThat(out()).isEqualTo("user ada (id 12) is blocked\n");
        assertThat(run("user", "unblock", "ada")).isZero();
        assertThat(out()).isEqualTo("user ada (id 12) is active\n");
        assertThat(forge.requests())
                .anyMatch(request -> request.startsWith("POST /users/12/block admin-token"))
                .anyMatch(request -> request.startsWith("POST /users/12/unblock admin-token"));

        forge.answer("GET /users", 200, "[]");
        assertThat(run("user", "block", "nobody")).isEqualTo(3);
    }

    @Test
    void listsAndRevokesTokens() {
        forge.answer("GET /users", 200, "[{\"id\":12,\"username\":\"ada\"}]")
                .answer("GET /personal_access_tokens", 200, """
                        [{"id":3,"name":"ci","scopes":["api","k8s_proxy"],"active":true,"revoked":false,
                          "expires_at":"2027-01-01","last_used_at":null},
                         {"id":4,"name":"old","scopes":[],"active":false,"revoked":true,"expires_at":null}]""")
                .answer("DELETE /personal_access_tokens/3", 204, "");

        assertThat(run("token", "list", "ada", "--all")).isZero();
        assertThat(out())
                .contains("3    ci     api,k8s_proxy   active    2027-01-01   never")
                .contains("4    old                    revoked   never        never");
        assertThat(run("token", "revoke", "3")).isZero();
        assertThat(run("token", "revoke", "5")).isEqualTo(3);
        assertThat(run("token", "revoke", "x")).isEqualTo(2);
    }

    @Test
    void listsAgentsForPeople() {
        assertThat(run("agent", "list", "group/project")).isZero();

        assertThat(out()).isEqualTo("ID   NAME    CREATED\n6    other\n7    prod\n");
    }

    @Test
    void writesAnAgentTokenForItsOwnerAlone() throws IOException {
        Path file = folder.resolve("agent.token");

        assertThat(run("agent", "token", "group/project:prod", "--file", file.toString()))
                .isZero();

        assertThat(file).hasContent("glagent-secret\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(out() + err()).doesNotContain("glagent-secret");
    }

    @Test
    void keepsAFileThatExistsAndCreatesNoTokenForIt() throws IOException {
        Path file = Files.writeString(folder.resolve("agent.token"), "old");

        assertThat(run("agent", "token", "group/project:prod", "--file", file.toString()))
                .isEqualTo(6);

        assertThat(file).hasContent("old");
        assertThat(forge.requests()).isEmpty();
    }

    @Test
    void writesAKubeconfigNamedLikeGitLabs() throws IOException {
        Path file = folder.resolve("kubeconfig");

        assertThat(run(
                        "agent",
                        "kubeconfig",
                        "group/project:prod",
                        "--static-token",
                        "--file",
                        file.toString(),
                        "--days",
                        "3"))
                .isZero();

        JsonNode config = Json.tree(Files.readString(file));
        assertThat(config.get("current-context").asString()).isEqualTo("group/project:prod");
        assertThat(config.at("/clusters/0/cluster/server").asString()).isEqualTo("https://kas.example.com/k8s-proxy");
        assertThat(config.at("/users/0/user/token").asString()).isEqualTo("pat:7:glpat-secret");
        assertThat(forge.requests())
                .anyMatch(request -> request.contains("\"k8s_proxy\"") && request.contains("2026-11-26"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void printsAManifestWithTheTokenInASecretOnly() throws IOException {
        Path token = Files.writeString(folder.resolve("agent.token"), "glagent-secret\n");
        Path ca = Files.writeString(folder.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----\nx\n");

        int code = run(
                "agent",
                "manifest",
                "group/project:prod",
                "--agent-token-file",
                token.toString(),
                "--kas-address",
                "wss://10.0.0.1:8443/-/kubernetes-agent/",
                "--ca-file",
                ca.toString(),
                "--impersonate-group",
                "gitlab:user");

        assertThat(code).isZero();
        assertThat(out())
                .containsOnlyOnce("glagent-secret")
                .contains("token: \"glagent-secret\"")
                .contains("--kas-address=wss://10.0.0.1:8443/-/kubernetes-agent/")
                .contains("--ca-cert-file=/etc/agentk/config/ca.crt")
                .contains("resourceNames: [\"gitlab:user\"]")
                .doesNotContain("${");
        for (String document : out().split("(?m)^---$")) {
            assertThat(YamlDocument.compose("manifest", document)).isPresent();
        }
    }

    @Test
    void refusesAnImageNameThatWouldChangeTheManifest() throws IOException {
        Path token = Files.writeString(folder.resolve("agent.token"), "glagent-secret\n");

        int code = run(
                "agent",
                "manifest",
                "group/project:prod",
                "--agent-token-file",
                token.toString(),
                "--kas-address",
                "wss://x/",
                "--image",
                "a\"\n  evil: true");

        assertThat(code).isEqualTo(2);
    }

    @Test
    void endsWithACodeForEachKindOfFailure() {
        assertThat(run("agent", "token", "group/project:absent", "--file", "-")).isEqualTo(3);
        assertThat(err()).contains("project group/project has no agent \"absent\"");

        forge.answer("GET " + AGENTS, 401, "{\"message\":\"401 Unauthorized\"}");
        assertThat(run("agent", "list", "group/project")).isEqualTo(4);

        forge.answer("POST " + AGENTS, 400, "{\"message\":{\"name\":[\"has already been taken\"]}}");
        assertThat(run("agent", "create", "group/project:prod")).isEqualTo(6);
        assertThat(err()).contains("exists already: name has already been taken");

        assertThat(run("agent", "create", "no-colon")).isEqualTo(2);
        assertThat(run("agent")).isEqualTo(2);
        assertThat(run("agnet")).isEqualTo(2);

        forge.close();
        assertThat(run("agent", "list", "group/project")).isEqualTo(5);
        assertThat(err()).contains("is the server running?").doesNotContain("admin-token");
    }

    @Test
    void saysHowToStartAServerWhenThereIsNone() {
        int code = execute(Map.of("XDG_DATA_HOME", folder.toString()), "project", "list");

        assertThat(code).isEqualTo(5);
        assertThat(err()).contains("fairlead server");
    }

    @Test
    void completesInBashAndZsh() {
        assertThat(run("completion", "bash")).isZero();
        assertThat(out()).contains("complete -F").contains("kubeconfig");
        assertThat(run("completion", "zsh")).isZero();
    }

    @Test
    void tellsItsVersionAsJson() {
        assertThat(run("version", "--output", "json")).isZero();

        assertThat(Json.tree(out()).get("java").asString()).startsWith("25");
    }

    private int run(String... arguments) {
        return execute(Map.of("FAIRLEAD_URL", forge.url(), "FAIRLEAD_TOKEN", "admin-token"), arguments);
    }

    private int execute(Map<String, String> environment, String... arguments) {
        out.reset();
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(new byte[0]),
                new Environment(environment),
                Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC));
        CommandLine commandLine = FairleadCommand.commandLine(context, Map.of());
        return FairleadCommand.execute(commandLine, arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
