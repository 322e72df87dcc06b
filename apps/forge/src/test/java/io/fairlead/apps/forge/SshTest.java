package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.apps.forge.GitProgram.Run;
import io.fairlead.apps.forge.RunningForge.Answer;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real git and ssh against a running forge. */
class SshTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(30);

    @TempDir
    static Path data;

    @TempDir
    static Path keys;

    private static RunningForge forge;
    private static Path rootKey;

    @TempDir
    Path work;

    private GitProgram git;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(data);
        rootKey = SshProgram.newKey(keys, "root", "ed25519");
        assertThat(forge.post("/api/v4/user/keys", "title=laptop&key=" + encoded(rootKey))
                        .status())
                .isEqualTo(201);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    @BeforeEach
    void here() {
        git = new GitProgram(work);
    }

    private static String encoded(Path key) throws Exception {
        return URLEncoder.encode(SshProgram.publicText(key), StandardCharsets.UTF_8);
    }

    private static SshProgram ssh(Path key) {
        return new SshProgram(keys, key, forge.app.sshAddress().getPort());
    }

    private static Run git(GitProgram where, Path key, String... arguments) {
        List<String> line = new ArrayList<>(List.of("-c", "core.sshCommand=" + ssh(key).command()));
        line.addAll(List.of(arguments));
        return where.run(line.toArray(String[]::new));
    }

    private static String remote(String project) {
        return ssh(rootKey).url("root/" + project + ".git");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2"})
    void clonesAnEmptyRepositoryPushesAndClonesAgain(String version) throws Exception {
        forge.project("ssh-empty-" + version);
        String remote = remote("ssh-empty-" + version);
        String protocol = "protocol.version=" + version;
        git(git, rootKey, "-c", protocol, "clone", "-q", remote, "first").succeeds();
        GitProgram first = git.in("first");
        first.run("checkout", "-q", "-B", "main").succeeds();
        String commit = first.commit("a.txt", "hello\n");
        git(first, rootKey, "-c", protocol, "push", "-q", "origin", "main").succeeds();
        git(git, rootKey, "-c", protocol, "clone", "-q", remote, "second").succeeds();
        assertThat(git.in("second").run("rev-parse", "HEAD").output().strip()).isEqualTo(commit);
        String next = first.commit("b.txt", "more\n");
        git(first, rootKey, "-c", protocol, "push", "-q", "origin", "main").succeeds();
        git(git.in("second"), rootKey, "-c", protocol, "pull", "-q", "--ff-only")
                .succeeds();
        assertThat(git.in("second").run("rev-parse", "HEAD").output().strip()).isEqualTo(next);
    }

    @Test
    void saysWhichPushOptionsAreIgnored() throws Exception {
        forge.project("ssh-options");
        GitProgram there = git.init("options");
        there.commit("a.txt", "hello\n");
        Run pushed = git(
                        there,
                        rootKey,
                        "push",
                        "-o",
                        "ci.skip",
                        "-o",
                        "mr.create",
                        "-o",
                        "x.y",
                        remote("ssh-options"),
                        "main")
                .succeeds();
        assertThat(pushed.output())
                .contains("remote: WARNING: the push option \"x.y\" is not known here and is ignored.")
                .contains("\"merge_request.create\" has no effect")
                .doesNotContain("ci.skip");
    }

    @Test
    void speaksVersionTwoWhenAskedTo() throws Exception {
        forge.post("/api/v4/projects", "name=ssh-version&initialize_with_readme=true");
        String command = "git-upload-pack '/root/ssh-version.git'";
        Run two = ssh(rootKey).run("git", List.of("-o", "SetEnv=GIT_PROTOCOL=version=2"), command);
        assertThat(two.output()).startsWith("000eversion 2\n");
        Run other = ssh(rootKey).run("git", List.of("-o", "SetEnv=LANG=version=2"), command);
        assertThat(other.output()).contains("HEAD\0");
    }

    @Test
    void shallowAndPartialClonesHoldLess() throws Exception {
        forge.project("ssh-deep");
        GitProgram source = git.init("source");
        for (int i = 0; i < 10; i++) {
            source.commit("f" + i + ".txt", "text " + i + "\n".repeat(i));
        }
        git(source, rootKey, "push", "-q", remote("ssh-deep"), "main").succeeds();
        git(git, rootKey, "clone", "-q", "--depth", "3", remote("ssh-deep"), "shallow")
                .succeeds();
        assertThat(git.in("shallow").run("rev-list", "--count", "HEAD").output().strip())
                .isEqualTo("3");
        git(git, rootKey, "clone", "-q", "--filter=blob:none", "--no-checkout", remote("ssh-deep"), "partial")
                .succeeds();
        git(git.in("partial"), rootKey, "checkout", "-q", "main").succeeds();
        assertThat(Files.readString(work.resolve("partial/f3.txt"))).startsWith("text 3");
    }

    @Test
    void carriesLargePacksBothWays() throws Exception {
        forge.project("ssh-large");
        GitProgram source = git.init("source");
        byte[] noise = new byte[30_000_000];
        new Random(3).nextBytes(noise);
        Files.write(source.folder().resolve("noise"), noise);
        source.run("add", "noise").succeeds();
        source.run("commit", "-q", "-m", "noise").succeeds();
        git(source, rootKey, "push", "-q", remote("ssh-large"), "main").succeeds();
        git(git, rootKey, "clone", "-q", remote("ssh-large"), "copy").succeeds();
        assertThat(Files.mismatch(source.folder().resolve("noise"), work.resolve("copy/noise")))
                .isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void knowsPeopleByKeysOfEachKind(String type) throws Exception {
        String name = "person-" + type;
        forge.personWithToken(name, "api");
        Path key = SshProgram.newKey(keys, name, type);
        forge.post("/api/v4/users/" + forge.userId(name) + "/keys", "title=t&key=" + encoded(key));
        Run greeted = ssh(key).run("git", List.of("-T"));
        assertThat(greeted.output()).contains("Welcome to Fairlead, @" + name + "!");
        assertThat(greeted.status()).isZero();
    }

    @Test
    void refusesAKeyThatNobodyAddedAndNamesIt() throws Exception {
        Path key = SshProgram.newKey(keys, "unknown", "ed25519");
        Run refused = ssh(key).run("git", List.of("-T"));
        assertThat(refused.status()).isEqualTo(255);
        assertThat(refused.output()).contains("nobody has added the key SHA256:", "Permission denied (publickey)");
        Run named = ssh(rootKey).run("root", List.of("-T"));
        assertThat(named.status()).isEqualTo(255);
        assertThat(named.output()).contains("sign in as \"git\"");
    }

    @Test
    void runsTheTwoCommandsOfGitAndNothingElse() throws Exception {
        for (String command : List.of("ls", "git-upload-archive root/x", "git-upload-pack root/x; id", "scp -t x")) {
            Run refused = ssh(rootKey).run("git", List.of(), command);
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output()).contains("The command you're trying to execute is not allowed.");
        }
        assertThat(ssh(rootKey).run("git", List.of("-tt")).output()).contains("PTY allocation request failed");
        assertThat(ssh(rootKey).run("git", List.of("-s"), "sftp").output()).contains("subsystem request failed");
        Run forwarding = ssh(rootKey).run("git", List.of("-W", "127.0.0.1:1"));
        assertThat(forwarding.status()).isNotZero();
        assertThat(forwarding.output()).contains("open failed");
    }

    @Test
    void hidesWhatMayNotBeSeenAndRefusesWhatMayNotBeDone() throws Exception {
        long project = forge.project("ssh-guarded");
        forge.personWithToken("ssh-outsider", "api");
        Path key = SshProgram.newKey(keys, "outsider", "ed25519");
        long user = forge.userId("ssh-outsider");
        forge.post("/api/v4/users/" + user + "/keys", "title=t&key=" + encoded(key));
        String hidden = "The project you were looking for could not be found or you don't have permission to view it.";
        assertThat(git(git, key, "ls-remote", remote("ssh-guarded")).output()).contains("ERROR: " + hidden);
        assertThat(git(git, key, "ls-remote", remote("none")).output()).contains("ERROR: " + hidden);
        forge.post("/api/v4/projects/" + project + "/members", "user_id=" + user + "&access_level=20");
        git(git, key, "ls-remote", remote("ssh-guarded")).succeeds();
        GitProgram source = git.init("source");
        source.commit("a", "a");
        Run push = git(source, key, "push", remote("ssh-guarded"), "main");
        assertThat(push.status()).isNotZero();
        assertThat(push.output()).contains("You are not allowed to push code to this project.");
        forge.post("/api/v4/users/" + user + "/block", "x=1");
        assertThat(git(git, key, "ls-remote", remote("ssh-guarded")).output())
                .contains("Your account has been blocked.");
    }

    @Test
    void aDeployKeyReadsItsProjectAndPushesWhenItMay() throws Exception {
        long project = forge.post("/api/v4/projects", "name=ssh-machine&initialize_with_readme=true")
                .id();
        forge.project("ssh-other");
        Path key = SshProgram.newKey(keys, "machine", "ed25519");
        long id = forge.post("/api/v4/projects/" + project + "/deploy_keys", "title=flux&key=" + encoded(key))
                .id();
        git(git, key, "clone", "-q", remote("ssh-machine"), "copy").succeeds();
        assertThat(git(git, key, "ls-remote", remote("ssh-other")).output()).contains("could not be found");
        GitProgram copy = git.in("copy");
        copy.commit("a", "a");
        Run readOnly = git(copy, key, "push", "origin", "HEAD:topic");
        assertThat(readOnly.status()).isNotZero();
        assertThat(readOnly.output()).contains("This deploy key does not have write access to this project.");
        Answer changed = forge.call(
                "PUT", "/api/v4/projects/" + project + "/deploy_keys/" + id, forge.rootToken, "can_push=true");
        assertThat(changed.status()).isEqualTo(200);
        git(copy, key, "push", "-q", "origin", "HEAD:topic").succeeds();
        assertThat(ssh(key).run("git", List.of("-T")).output())
                .contains("Welcome to Fairlead, holder of a deploy key!");
        forge.delete("/api/v4/projects/" + project + "/deploy_keys/" + id);
        assertThat(git(git, key, "ls-remote", remote("ssh-machine")).output()).contains("Permission denied");
    }

    @Test
    void showsTheAddressThatWorks() {
        long project = forge.project("ssh-address");
        String url = forge.get("/api/v4/projects/" + project)
                .json()
                .get("ssh_url_to_repo")
                .asString();
        assertThat(url)
                .isEqualTo(
                        "ssh://git@fairlead.example:" + forge.app.sshAddress().getPort() + "/root/ssh-address.git");
    }

    @Test
    void keepsItsHostKey(@TempDir Path other) throws Exception {
        String first;
        try (RunningForge one = new RunningForge(other)) {
            first = hostKey(one);
        }
        try (RunningForge two = new RunningForge(other)) {
            assertThat(hostKey(two)).isEqualTo(first).startsWith("ssh-ed25519 ");
        }
    }

    private static String hostKey(RunningForge asked) throws Exception {
        Process scan = new ProcessBuilder(
                        "ssh-keyscan",
                        "-p",
                        Integer.toString(asked.app.sshAddress().getPort()),
                        "127.0.0.1")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(scan.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.strip().replaceFirst("^\\S+ ", "");
    }

    @Test
    void strangersWhoOnlyConnectDoNotKeepOthersOut() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 80; i++) {
                silent.add(new Socket("127.0.0.1", forge.app.sshAddress().getPort()));
            }
            // Above the limit for one address connections are cut off, so some of these end at once.
            await().atMost(WAIT_MAX)
                    .until(() -> silent.stream().filter(SshTest::ended).count() >= 30);
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
        await().atMost(WAIT_MAX)
                .until(() -> ssh(rootKey).run("git", List.of("-T")).output().contains("Welcome"));
    }

    private static boolean ended(Socket socket) {
        try {
            socket.setSoTimeout(200);
            byte[] greeting = new byte[256];
            while (true) {
                if (socket.getInputStream().read(greeting) < 0) {
                    return true;
                }
            }
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.io.IOException e) {
            return true;
        }
    }
}
