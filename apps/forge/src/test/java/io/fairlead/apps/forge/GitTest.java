package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.GitProgram.Run;
import io.fairlead.apps.forge.RunningForge.Answer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real git against a running forge. */
class GitTest {
    @TempDir
    static Path data;

    private static RunningForge forge;

    @TempDir
    Path work;

    private GitProgram git;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(data);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    @BeforeEach
    void here() {
        git = new GitProgram(work);
    }

    private static String remote(String project, String token) {
        return "http://anyone:" + token + "@127.0.0.1:"
                + forge.app.httpAddress().getPort() + "/root/" + project + ".git";
    }

    private static String remote(String project) {
        return remote(project, forge.rootToken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void clonesAnEmptyRepositoryPushesAndClonesAgain(String version) throws Exception {
        forge.project("empty-" + version);
        String remote = remote("empty-" + version);
        String protocol = "protocol.version=" + version;
        git.run("-c", protocol, "clone", "-q", remote, "first").succeeds();
        GitProgram first = git.in("first");
        first.run("checkout", "-q", "-B", "main").succeeds();
        String commit = first.commit("a.txt", "hello\n");
        first.run("-c", protocol, "push", "-q", "origin", "main").succeeds();
        git.run("-c", protocol, "clone", "-q", remote, "second").succeeds();
        assertThat(git.in("second").run("rev-parse", "HEAD").output().strip()).isEqualTo(commit);
        String next = first.commit("b.txt", "more\n");
        first.run("-c", protocol, "push", "-q", "origin", "main").succeeds();
        git.in("second").run("-c", protocol, "pull", "-q", "--ff-only").succeeds();
        assertThat(git.in("second").run("rev-parse", "HEAD").output().strip()).isEqualTo(next);
        assertThat(forge.get("/api/v4/projects/root%2Fempty-" + version)
                        .json()
                        .get("empty_repo")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void shallowAndPartialClonesHoldLess() throws Exception {
        forge.project("deep");
        GitProgram source = git.init("source");
        for (int i = 0; i < 20; i++) {
            source.commit("f" + i + ".txt", "text " + i + "\n".repeat(i));
        }
        source.run("push", "-q", remote("deep"), "main").succeeds();
        git.run("clone", "-q", "--depth", "3", remote("deep"), "shallow").succeeds();
        assertThat(git.in("shallow").run("rev-list", "--count", "HEAD").output().strip())
                .isEqualTo("3");
        git.run("clone", "-q", "--filter=blob:none", "--no-checkout", remote("deep"), "partial")
                .succeeds();
        assertThat(git.in("partial")
                        .run("rev-list", "--objects", "--missing=print", "--all")
                        .output())
                .contains("?");
        git.in("partial").run("checkout", "-q", "main").succeeds();
        assertThat(Files.readString(work.resolve("partial/f3.txt"))).startsWith("text 3");
    }

    @Test
    void largePushArrivesWhole() throws Exception {
        forge.project("large");
        GitProgram source = git.init("source");
        byte[] noise = new byte[30_000_000];
        new Random(1).nextBytes(noise);
        Files.write(source.folder().resolve("noise"), noise);
        source.commit("a", "a");
        source.run("add", "noise").succeeds();
        source.run("commit", "-q", "-m", "noise").succeeds();
        // Above http.postBuffer git sends chunks without a length.
        source.run("push", "-q", remote("large"), "main").succeeds();
        git.run("clone", "-q", remote("large"), "copy").succeeds();
        assertThat(Files.mismatch(source.folder().resolve("noise"), work.resolve("copy/noise")))
                .isEqualTo(-1);
    }

    @Test
    void theFirstBranchPushedBecomesTheDefaultOne() throws Exception {
        long project = forge.project("trunk");
        GitProgram source = git.init("source");
        source.commit("a", "a");
        source.run("push", "-q", remote("trunk"), "main:trunk").succeeds();
        assertThat(forge.get("/api/v4/projects/" + project)
                        .json()
                        .get("default_branch")
                        .asString())
                .isEqualTo("trunk");
        git.run("clone", "-q", remote("trunk"), "copy").succeeds();
        assertThat(git.in("copy").run("branch", "--show-current").output().strip())
                .isEqualTo("trunk");
        Run deleted = source.run("push", remote("trunk"), ":trunk");
        assertThat(deleted.status()).isNotZero();
        assertThat(deleted.output()).contains("default branch");
    }

    @Test
    void whatARuleForbidsIsRefusedAndTheRestGoesThrough() throws Exception {
        forge.project("rules");
        GitProgram source = git.init("source");
        source.commit("a", "a");
        Run pushed = source.run("push", remote("rules"), "main", "main:refs/hidden/x", "main:refs/tags/v1");
        assertThat(pushed.status()).isNotZero();
        assertThat(pushed.output()).contains("only branches, tags and notes");
        assertThat(git.run("ls-remote", remote("rules")).output())
                .contains("refs/heads/main", "refs/tags/v1")
                .doesNotContain("hidden");
        Run atomic = source.run("push", "--atomic", remote("rules"), "main:two", "main:refs/hidden/x");
        assertThat(atomic.status()).isNotZero();
        assertThat(git.run("ls-remote", remote("rules")).output()).doesNotContain("refs/heads/two");
    }

    @Test
    void addsAReadmeWhenAsked() throws Exception {
        Answer made = forge.post("/api/v4/projects", "name=readme&initialize_with_readme=true");
        assertThat(made.json().get("empty_repo").asBoolean()).isFalse();
        git.run("clone", "-q", remote("readme"), "copy").succeeds();
        assertThat(Files.readString(work.resolve("copy/README.md"))).isEqualTo("# readme\n");
    }

    @Test
    void anAddressWithoutDotGitIsRedirected() throws Exception {
        forge.project("plain");
        String remote = remote("plain");
        git.run("clone", "-q", remote.substring(0, remote.length() - 4), "copy").succeeds();
        Answer redirect = forge.send("GET", "/root/plain/info/refs?service=git-upload-pack", Map.of(), "");
        assertThat(redirect.status()).isEqualTo(301);
        assertThat(redirect.header("Location")).isEqualTo("/root/plain.git/info/refs?service=git-upload-pack");
    }

    @Test
    void refusesEachClientInTheWordsOfItsCase() {
        long project = forge.project("guarded");
        String refs = "/root/guarded.git/info/refs?service=";
        Answer nobody = forge.send("GET", refs + "git-upload-pack", Map.of(), "");
        assertThat(nobody.status()).isEqualTo(401);
        assertThat(nobody.header("WWW-Authenticate")).isEqualTo("Basic realm=\"GitLab\"");
        assertThat(forge.send("GET", "/root/none.git/info/refs?service=git-upload-pack", Map.of(), "")
                        .status())
                .isEqualTo(401);
        assertThat(status(refs + "git-upload-pack", "glpat-wrong")).isEqualTo(401);
        String outsider = forge.personWithToken("git-outsider", "api");
        assertThat(status(refs + "git-upload-pack", outsider)).isEqualTo(404);
        assertThat(status("/root/none.git/info/refs?service=git-upload-pack", outsider))
                .isEqualTo(404);
        member(project, "git-outsider", 10);
        assertThat(status(refs + "git-upload-pack", outsider)).isEqualTo(403);
        long user = forge.userId("git-outsider");
        forge.call("PUT", "/api/v4/projects/" + project + "/members/" + user, forge.rootToken, "access_level=20");
        assertThat(status(refs + "git-upload-pack", outsider)).isEqualTo(200);
        assertThat(status(refs + "git-receive-pack", outsider)).isEqualTo(403);
        forge.call("PUT", "/api/v4/projects/" + project + "/members/" + user, forge.rootToken, "access_level=30");
        assertThat(status(refs + "git-receive-pack", outsider)).isEqualTo(200);
        String reader = forge.tokenOf(user, "read_repository");
        assertThat(status(refs + "git-upload-pack", reader)).isEqualTo(200);
        assertThat(status(refs + "git-receive-pack", reader)).isEqualTo(403);
        assertThat(status(refs + "git-upload-pack", forge.tokenOf(user, "k8s_proxy")))
                .isEqualTo(403);
        assertThat(status(refs + "nonsense", reader)).isEqualTo(403);
    }

    @Test
    void aPublicProjectIsReadByAnyoneAndWrittenByNobodyWithoutAPassword() throws Exception {
        forge.post("/api/v4/projects", "name=open&visibility=public&initialize_with_readme=true");
        String address = "http://127.0.0.1:" + forge.app.httpAddress().getPort() + "/root/open.git";
        git.run("clone", "-q", address, "copy").succeeds();
        assertThat(forge.send("GET", "/root/open.git/info/refs?service=git-receive-pack", Map.of(), "")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void takesACompressedRequest() throws Exception {
        forge.post("/api/v4/projects", "name=zipped&initialize_with_readme=true");
        String head = git.run("ls-remote", remote("zipped"), "refs/heads/main")
                .output()
                .substring(0, 40);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            gzip.write(("0032want " + head + "\n00000009done\n").getBytes(StandardCharsets.US_ASCII));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(forge.url("/root/zipped.git/git-upload-pack")))
                .header("Content-Type", "application/x-git-upload-pack-request")
                .header("Content-Encoding", "gzip")
                .header("Authorization", basic(forge.rootToken))
                .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> answer = client.send(request, BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1))
                    .startsWith("0008NAK\n")
                    .contains("PACK");
        }
    }

    @Test
    void saysThatThereIsNoLfs() {
        forge.project("lfs");
        String path = "/root/lfs.git/info/lfs/objects/batch";
        Answer answer = forge.send("POST", path, Map.of("Authorization", basic(forge.rootToken)), "{\"objects\":[]}");
        assertThat(answer.status()).isEqualTo(501);
        assertThat(answer.json().get("message").asString()).contains("Git LFS is not offered by this server");
        assertThat(forge.send("POST", path, Map.of(), "{}").status()).isEqualTo(401);
    }

    @Test
    void refusesAPostOfAnotherType() {
        forge.project("typed");
        Answer answer = forge.send(
                "POST", "/root/typed.git/git-receive-pack", Map.of("Authorization", basic(forge.rootToken)), "x=1");
        assertThat(answer.status()).isEqualTo(415);
    }

    private static void member(long project, String username, int level) {
        forge.post(
                "/api/v4/projects/" + project + "/members",
                "user_id=" + forge.userId(username) + "&access_level=" + level);
    }

    private static int status(String path, String token) {
        return forge.send("GET", path, Map.of("Authorization", basic(token)), "")
                .status();
    }

    static String basic(String token) {
        return "Basic " + Base64.getEncoder().encodeToString(("oauth2:" + token).getBytes(StandardCharsets.US_ASCII));
    }
}
