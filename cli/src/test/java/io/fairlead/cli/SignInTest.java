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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Signing in, and what kubectl gets by it. */
class SignInTest {
    private static final String CREDENTIALS = "POST /user/cluster_credentials";
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    private Path folder;

    private FakeForge forge;

    /** How a command ended. */
    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void start() throws IOException {
        forge = new FakeForge()
                .answer("GET /user", 200, "{\"id\":3,\"username\":\"ada\"}")
                .answer("GET /projects/group%2Fproject/cluster_agents", 200, "[{\"id\":7,\"name\":\"prod\"}]")
                .answer(
                        "GET /metadata",
                        200,
                        "{\"kas\":{\"externalK8sProxyUrl\":\"https://kas.example.com/k8s-proxy\"}}")
                .answer(CREDENTIALS, 201, "{\"agent_id\":7,\"token\":\"flcc-1\",\"expires_in\":3540}");
    }

    @AfterEach
    void stop() {
        forge.close();
    }

    private Ended run(Instant time, Map<String, String> more, String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Map<String, String> environment = new HashMap<>(Map.of("HOME", folder.toString()));
        environment.putAll(more);
        CommandContext context = new CommandContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new Environment(environment),
                Clock.fixed(time, ZoneOffset.UTC));
        int code = FairleadCommand.execute(FairleadCommand.commandLine(context, Map.of()), arguments);
        return new Ended(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Ended run(String... arguments) {
        return run(NOON, Map.of(), "", arguments);
    }

    private void signIn() {
        Ended login = run(NOON, Map.of(), "glpat-long\n", "login", forge.url() + "/", "--token-stdin");
        assertThat(login.code()).as(login.err()).isZero();
        assertThat(login.out() + login.err()).doesNotContain("glpat-long");
    }

    private Ended credential(Instant time) {
        return run(time, Map.of(), "", "kube-credential", "--agent-id", "7", "--url", forge.url());
    }

    private long fetched() {
        return forge.requests().stream()
                .filter(request -> request.startsWith(CREDENTIALS))
                .count();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void keepsTheTokenForItsOwnerAloneAndSpeaksToThatServerFromThenOn() throws IOException {
        signIn();

        Path file = folder.resolve(".config/fairlead/sign-ins.json");
        assertThat(mode(file)).isEqualTo("rw-------");
        assertThat(mode(folder.resolve(".config/fairlead"))).isEqualTo("rwx------");
        Ended me = run("whoami");
        assertThat(me.out()).isEqualTo("ada at " + forge.url() + "\n");
        assertThat(forge.requests()).contains("GET /user glpat-long");

        assertThat(run("logout").code()).isZero();
        assertThat(Files.readString(file)).doesNotContain("glpat-long");
        assertThat(run("logout").code()).isEqualTo(3);
        Ended gone = run("whoami");
        assertThat(gone.code()).isEqualTo(5);
        assertThat(gone.err()).contains("fairlead login URL");
    }

    @Test
    void keepsNothingThatTheServerDoesNotAccept() {
        String refusal = "{\"message\":\"401 Unauthorized\"}";
        forge.answer("GET /user", 401, refusal).answer("GET /personal_access_tokens/self", 401, refusal);

        Ended login = run(NOON, Map.of(), "glpat-wrong\n", "login", forge.url(), "--token-stdin");

        assertThat(login.code()).isEqualTo(4);
        assertThat(login.err()).contains("fairlead login " + forge.url()).doesNotContain("glpat-wrong");
        assertThat(folder.resolve(".config/fairlead/sign-ins.json")).doesNotExist();
        Ended nowhereToAsk = run("login", forge.url());
        assertThat(nowhereToAsk.code()).isEqualTo(2);
        assertThat(nowhereToAsk.err()).contains("--token-stdin or --token-file");
        assertThat(run("login", "example.com", "--token-stdin").code()).isEqualTo(2);
    }

    @Test
    void aTokenForKubectlAloneIsAsGood() {
        forge.answer("GET /user", 403, "{\"error\":\"insufficient_scope\"}")
                .answer("GET /personal_access_tokens/self", 200, "{\"name\":\"laptop\"}");

        Ended login = run(NOON, Map.of(), "glpat-k8s\n", "login", forge.url(), "--token-stdin");

        assertThat(login.code()).isZero();
        assertThat(login.err()).contains("as the owner of the token \"laptop\"");
        assertThat(credential(NOON).out()).contains("pat:7:flcc-1");
    }

    @Test
    void theTokenOfOneServerIsNotShownToAnother() throws IOException {
        signIn();
        try (FakeForge other = new FakeForge()) {
            Ended asked = run("whoami", "--url", other.url());
            assertThat(asked.code()).isEqualTo(4);
            assertThat(asked.err()).contains("sign in with \"fairlead login " + other.url() + "\"");
            assertThat(other.requests()).isEmpty();
        }
    }

    @Test
    void aKubeconfigHoldsNoSecretButTheWayToOne() throws IOException {
        signIn();
        Path file = folder.resolve("kubeconfig");

        Ended written = run(
                NOON,
                Map.of("FAIRLEAD_PROGRAM", "/opt/fairlead/bin/fairlead"),
                "",
                "agent",
                "kubeconfig",
                "group/project:prod",
                "--file",
                file.toString());

        assertThat(written.code()).as(written.err()).isZero();
        assertThat(Files.readString(file)).doesNotContain("glpat-").doesNotContain("flcc-");
        JsonNode exec = Json.tree(Files.readString(file)).at("/users/0/user/exec");
        assertThat(exec.path("apiVersion").asString()).isEqualTo("client.authentication.k8s.io/v1");
        assertThat(exec.path("command").asString()).isEqualTo("/opt/fairlead/bin/fairlead");
        assertThat(exec.path("interactiveMode").asString()).isEqualTo("Never");
        List<String> arguments =
                exec.path("args").valueStream().map(JsonNode::asString).toList();
        assertThat(arguments).containsExactly("kube-credential", "--agent-id", "7", "--url", forge.url());
        assertThat(run(arguments.toArray(String[]::new)).out()).contains("\"token\":\"pat:7:flcc-1\"");
        assertThat(fetched()).isEqualTo(1);
    }

    @Test
    void daysAreForStaticTokens() {
        signIn();
        Ended asked = run("agent", "kubeconfig", "group/project:prod", "--file", "-", "--days", "3");
        assertThat(asked.code()).isEqualTo(2);
        assertThat(asked.err()).contains("--static-token");
    }

    @Test
    void isFetchedOnceAndAgainBeforeItsEnd() throws IOException {
        signIn();

        JsonNode first = Json.tree(credential(NOON).out());
        assertThat(first.path("kind").asString()).isEqualTo("ExecCredential");
        assertThat(first.path("apiVersion").asString()).isEqualTo("client.authentication.k8s.io/v1");
        assertThat(first.at("/status/expirationTimestamp").asString()).isEqualTo("2026-11-23T12:54:00Z");
        assertThat(Json.tree(credential(NOON.plusSeconds(3239)).out())).isEqualTo(first);
        assertThat(fetched()).isEqualTo(1);

        forge.answer(CREDENTIALS, 201, "{\"agent_id\":7,\"token\":\"flcc-2\",\"expires_in\":3540}");
        assertThat(credential(NOON.plusSeconds(3240)).out()).contains("pat:7:flcc-2");
        assertThat(fetched()).isEqualTo(2);

        try (var files = Files.list(folder.resolve(".cache/fairlead/credentials"))) {
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));
        }
    }

    @Test
    void theOldOneServesUntilItsEndWhileNobodyAnswers() {
        signIn();
        credential(NOON);
        forge.close();
        assertThat(credential(NOON.plusSeconds(3539)).out()).contains("pat:7:flcc-1");
        assertThat(credential(NOON.plusSeconds(3540)).code()).isEqualTo(5);
    }

    @Test
    void saysToSignInAgainWhenTheSignInHasEnded() {
        signIn();
        credential(NOON);
        forge.answer(CREDENTIALS, 401, "{\"message\":\"401 Unauthorized\"}");

        Ended ended = credential(NOON.plusSeconds(3300));

        assertThat(ended.code()).isEqualTo(4);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("sign in again with \"fairlead login " + forge.url() + "\"");
    }

    /** Another token is another credential: whoever signs in as somebody else does not act as who they were. */
    @Test
    void isNotThatOfAnotherSignIn() {
        signIn();
        credential(NOON);
        forge.answer(CREDENTIALS, 201, "{\"agent_id\":7,\"token\":\"flcc-b\",\"expires_in\":3540}");
        run(NOON, Map.of(), "glpat-bob\n", "login", forge.url(), "--token-stdin");
        assertThat(credential(NOON).out()).contains("pat:7:flcc-b");
    }

    @Test
    void aDamagedCacheIsNoCredential() throws IOException {
        signIn();
        credential(NOON);
        try (var files = Files.newDirectoryStream(folder.resolve(".cache/fairlead/credentials"), "*.json")) {
            for (Path file : files) {
                Files.writeString(file, "{\"token\":\"x\"");
            }
        }
        assertThat(credential(NOON).out()).contains("pat:7:flcc-1");
        assertThat(fetched()).isEqualTo(2);
    }

    @Test
    void manyAtOnceFetchOnce() throws Exception {
        signIn();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Ended>> asked = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                asked.add(threads.submit(() -> credential(NOON)));
            }
            for (Future<Ended> one : asked) {
                assertThat(one.get().out()).contains("pat:7:flcc-1");
            }
        }
        assertThat(fetched()).isEqualTo(1);
    }

    /** {@code fairlead why} takes kubectl's way, and so runs what the kubeconfig names. */
    @Test
    void questionsRunTheProgramOfTheKubeconfig() throws IOException {
        Path program = Files.writeString(
                folder.resolve("program"),
                "#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"'\"$1:$EXTRA\"'\"}}'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Path file = Files.writeString(folder.resolve("config"), """
                {"current-context":"g/p:a",
                 "contexts":[{"name":"g/p:a","context":{"cluster":"c","user":"u"}}],
                 "clusters":[{"name":"c","cluster":{"server":"%s"}}],
                 "users":[{"name":"u","user":{"exec":{"command":"./program","args":["pat"],
                   "env":[{"name":"EXTRA","value":"x"}]}}}]}""".formatted(forge.url()));

        run("why", "list", "pods", "--kubeconfig", file.toString());

        assertThat(forge.bearers()).isNotEmpty().containsOnly("Bearer pat:x");
    }
}
