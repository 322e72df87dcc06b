package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.base.env.Environment;
import io.fairlead.cli.FairleadCommand;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.forge.agent.GroupSharing;
import io.fairlead.forge.repository.Repositories;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A project begins as a copy of a repository elsewhere, or says why not. */
class ImportTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);
    private static final String PASSWORD = "s3cret/of+elsewhere";

    @TempDir
    static Path folder;

    @TempDir
    static Path elsewhere;

    private static RunningForge forge;
    private static GitHttpBackend backend;
    private static GitProgram source;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(ClientRules.DEFAULT.requestsPerMinute(), true, GroupSharing.NONE)));
        String basic =
                "Basic " + Base64.getEncoder().encodeToString(("ada:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        backend = new GitHttpBackend(elsewhere, basic);
        source = new GitProgram(elsewhere).init("source");
        source.run("checkout", "-q", "-b", "trunk").succeeds();
        source.commit("a", "a");
        source.run("tag", "-a", "-m", "one", "v1").succeeds();
        source.run("checkout", "-q", "-b", "aside").succeeds();
        source.commit("b", "b");
        source.run("update-ref", "refs/pull/1/head", "HEAD").succeeds();
        source.run("checkout", "-q", "trunk").succeeds();
        new GitProgram(elsewhere)
                .run("clone", "-q", "--mirror", "source", "there.git")
                .succeeds();
        new GitProgram(elsewhere).run("init", "-q", "--bare", "empty.git").succeeds();
    }

    @AfterAll
    static void stop() throws Exception {
        backend.close();
        forge.close();
    }

    private static String signIn(String password) {
        return "ada:" + URLEncoder.encode(password, StandardCharsets.UTF_8) + "@";
    }

    private static Answer begin(RunningForge where, String name, String url) {
        return where.post(
                "/api/v4/projects", "name=" + name + "&import_url=" + URLEncoder.encode(url, StandardCharsets.UTF_8));
    }

    private static JsonNode ended(RunningForge where, long project) {
        AtomicReference<JsonNode> last = new AtomicReference<>();
        await().atMost(WAIT_MAX).until(() -> {
            last.set(where.get("/api/v4/projects/" + project + "/import").json());
            return last.get().get("import_status").asString().matches("finished|failed");
        });
        return last.get();
    }

    private static String failure(String name, String url) {
        Answer begun = begin(forge, name, url);
        assertThat(begun.status()).as(begun.response().body()).isEqualTo(201);
        JsonNode ended = ended(forge, begun.id());
        assertThat(ended.get("import_status").asString()).isEqualTo("failed");
        assertThat(forge.get("/api/v4/projects/" + begun.id())
                        .json()
                        .get("empty_repo")
                        .asBoolean())
                .isTrue();
        return ended.get("import_error").asString();
    }

    @Test
    void bringsBranchesTagsAndTheDefaultBranch() throws Exception {
        Answer begun = begin(forge, "copy", backend.url(signIn(PASSWORD), "/there.git"));
        assertThat(begun.status()).as(begun.response().body()).isEqualTo(201);
        assertThat(begun.json().get("import_status").asString()).matches("scheduled|started|finished");
        JsonNode ended = ended(forge, begun.id());
        assertThat(ended.get("import_error").isNull()).as(ended.toString()).isTrue();
        assertThat(forge.get("/api/v4/projects/" + begun.id())
                        .json()
                        .get("default_branch")
                        .asString())
                .isEqualTo("trunk");
        GitProgram copy = new GitProgram(folder.resolve("repositories").resolve(Repositories.relativePath(begun.id())));
        copy.run("fsck", "--full", "--strict").succeeds();
        assertThat(references(copy))
                .isEqualTo(source.run("for-each-ref", "refs/heads", "refs/tags").output());
        assertThat(begun.response().body() + ended).doesNotContain("s3cret");
        assertThat(new String(Files.readAllBytes(folder.resolve("fairlead.db")), StandardCharsets.ISO_8859_1)
                        + new String(
                                Files.readAllBytes(folder.resolve("fairlead.db-wal")), StandardCharsets.ISO_8859_1))
                .contains("/there.git")
                .doesNotContain("s3cret");
    }

    private static String references(GitProgram repository) {
        return repository
                .run("for-each-ref", "refs/heads", "refs/tags")
                .output()
                .lines()
                .filter(line -> !line.startsWith("warning:"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    private static int run(StringBuilder said, String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        CommandContext context = new CommandContext(
                out,
                out,
                new ByteArrayInputStream(PASSWORD.getBytes(StandardCharsets.UTF_8)),
                new Environment(Map.of("FAIRLEAD_URL", forge.url(""), "FAIRLEAD_TOKEN", forge.rootToken)),
                Clock.systemUTC());
        int code = FairleadCommand.execute(FairleadCommand.commandLine(context, Map.of()), arguments);
        said.append(bytes.toString(StandardCharsets.UTF_8));
        return code;
    }

    @Test
    void theCommandImportsFoldersAndAddresses() {
        StringBuilder said = new StringBuilder();
        String[] folders = {
            elsewhere.resolve("source").toString(),
            elsewhere.resolve("there.git").toString()
        };
        for (String from : folders) {
            String name = "from-" + Path.of(from).getFileName().toString().replace(".git", "");
            assertThat(run(said, "project", "import", name, "--from", from))
                    .as(said::toString)
                    .isZero();
            JsonNode made = forge.get("/api/v4/projects/root%2F" + name).json();
            assertThat(made.get("default_branch").asString()).isEqualTo("trunk");
            assertThat(references(new GitProgram(folder.resolve("repositories")
                            .resolve(Repositories.relativePath(made.get("id").asLong())))))
                    .isEqualTo(references(source));
        }
        String url = backend.url("", "/there.git");
        assertThat(run(said, "project", "import", "--from", url, "--from-user", "ada", "--from-password-file", "-"))
                .as(said::toString)
                .isZero();
        assertThat(forge.get("/api/v4/projects/root%2Fthere")
                        .json()
                        .get("default_branch")
                        .asString())
                .isEqualTo("trunk");
        assertThat(run(said, "project", "import", "denied", "--from", url)).isEqualTo(1);
        assertThat(run(said, "project", "import", "x", "--from", "http://a:b@example.com/x"))
                .isEqualTo(2);
        assertThat(run(
                        said,
                        "project",
                        "import",
                        "--from",
                        elsewhere.resolve("empty.git").toString()))
                .isEqualTo(1);
        assertThat(run(
                        said,
                        "project",
                        "import",
                        "--from",
                        elsewhere.resolve("no").toString()))
                .isEqualTo(3);
        assertThat(said.toString())
                .contains("project root/there is imported", "was made, but is empty: Import failed: the server asks")
                .doesNotContain(forge.rootToken, PASSWORD);
    }

    @Test
    void anEmptyRepositoryMakesAnEmptyProject() {
        long project = begin(forge, "nothing", backend.url(signIn(PASSWORD), "/empty.git"))
                .id();
        assertThat(ended(forge, project).get("import_status").asString()).isEqualTo("finished");
    }

    @Test
    void saysWhyItFailed() {
        assertThat(failure("wrong", backend.url(signIn("wrong"), "/there.git")))
                .contains("does not accept those given");
        assertThat(failure("absent", backend.url(signIn(PASSWORD), "/absent.git")))
                .contains("there is no Git repository at that address");
        backend.server().createContext("/page", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        assertThat(failure("page", backend.url("", "/page"))).isNotBlank().doesNotContain("Exception");
        backend.server().createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", backend.url(signIn(PASSWORD), "/there.git/info/refs"));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        assertThat(failure("moved", backend.url("", "/moved"))).containsIgnoringCase("redirect");
        backend.server().createContext("/cut", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-advertisement");
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("001e# service=git-upload-pack\n0000".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        assertThat(failure("cut", backend.url("", "/cut"))).isNotBlank();
    }

    @Test
    void reachesNoAddressThatIsNotPublicUnlessAllowed(@TempDir Path data) throws Exception {
        try (RunningForge strict = new RunningForge(data)) {
            for (String host : new String[] {"127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1"}) {
                long project = begin(strict, "p" + Math.abs(host.hashCode()), "http://" + host + ":8080/x.git")
                        .id();
                assertThat(ended(strict, project).get("import_error").asString())
                        .as(host)
                        .isEqualTo("Import failed: the address is not allowed: it is not a public one");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc",
                "ssh://git@example.com/x.git",
                "/etc",
                "http:///x",
                "http://example.com:22/x",
                "https://example.com/x?private_token=1",
                "http://ex ample/"
            })
    void makesNoProjectForWhatIsNoAddress(String url) {
        Answer answer = begin(forge, "none", url);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.response().body()).contains("import_url");
        assertThat(forge.get("/api/v4/projects/root%2Fnone").status()).isEqualTo(404);
    }

    @Test
    void whatAStopCutOffHasFailedAtTheNextStart(@TempDir Path data) throws Exception {
        ForgeConfig config = ForgeConfig.loopback(data, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(ClientRules.DEFAULT.requestsPerMinute(), true, GroupSharing.NONE));
        long project;
        try (RunningForge stopped = new RunningForge(config)) {
            backend.server().createContext("/slow", exchange -> {
                exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-advertisement");
                exchange.sendResponseHeaders(200, 0);
                try (exchange) {
                    OutputStream out = exchange.getResponseBody();
                    out.write("001e# service=git-upload-pack\n0000".getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; true; i++) {
                        String line = "1".repeat(40) + " refs/heads/b" + i + "\n";
                        out.write(
                                String.format("%04x%s", line.length() + 4, line).getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        Thread.sleep(50);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            project = begin(stopped, "slow", backend.url("", "/slow")).id();
            await().atMost(WAIT_MAX)
                    .until(() -> stopped.get("/api/v4/projects/" + project + "/import")
                            .json()
                            .get("import_status")
                            .asString()
                            .equals("started"));
        }
        try (RunningForge again = new RunningForge(config)) {
            assertThat(ended(again, project).get("import_error").asString()).contains("the server was stopped");
        }
    }
}
