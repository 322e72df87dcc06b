package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.forge.repository.Repositories;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push that is cut off leaves the repository as it was; the next one succeeds. */
class KilledPushTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Process forge;
    private int port;
    private GitProgram git;
    private String before;

    @BeforeEach
    void pushOnce() throws Exception {
        startForge();
        api("POST", "/api/v4/projects", "name=cut");
        git = new GitProgram(folder).init("source");
        before = git.commit("a", "a");
        git.run("push", "-q", remote(), "main").succeeds();
    }

    @AfterEach
    void stop() throws Exception {
        kill();
    }

    private void startForge() throws Exception {
        Path ready = folder.resolve("ready");
        Files.deleteIfExists(ready);
        forge = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        ForgeProcess.class.getName(),
                        folder.resolve("data").toString(),
                        ready.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("forge.log").toFile())
                .start();
        await().atMost(WAIT_MAX).until(() -> Files.exists(ready) || !forge.isAlive());
        assertThat(forge.isAlive()).as(() -> log()).isTrue();
        port = Integer.parseInt(Files.readString(ready));
    }

    private void kill() throws InterruptedException {
        forge.destroyForcibly();
        assertThat(forge.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("forge.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String token() throws IOException {
        return Files.readString(folder.resolve("data/secrets/root-token")).strip();
    }

    private String remote() throws IOException {
        return "http://x:" + token() + "@127.0.0.1:" + port + "/root/cut.git";
    }

    private void api(String method, String path, String form) throws Exception {
        try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
            var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + path))
                    .header("PRIVATE-TOKEN", token())
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .method(method, java.net.http.HttpRequest.BodyPublishers.ofString(form))
                    .build();
            assertThat(client.send(request, java.net.http.HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    private Path repository() {
        return folder.resolve("data/repositories").resolve(Repositories.relativePath(1));
    }

    private boolean packIsArriving() throws IOException {
        try (Stream<Path> files = Files.walk(repository().resolve("objects"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("incoming"))
                    .anyMatch(file -> file.toFile().length() > 1_000_000);
        }
    }

    private void bigCommits() throws IOException {
        byte[] noise = new byte[20_000_000];
        new Random(7).nextBytes(noise);
        for (int i = 0; i < 3; i++) {
            noise[i]++;
            Files.write(git.folder().resolve("noise" + i), noise);
            git.run("add", "noise" + i).succeeds();
            git.run("commit", "-q", "-m", "noise " + i).succeeds();
        }
    }

    @Test
    void aForgeThatIsKilledWhileAPackArrivesHasTheOldBranch() throws Exception {
        bigCommits();
        Process push = git.process(
                List.of("git", "push", remote(), "main", "main:two", "main:three"), folder.resolve("push.log"));
        await().atMost(WAIT_MAX).pollInterval(Duration.ofMillis(2)).until(() -> packIsArriving() || !push.isAlive());
        kill();
        push.waitFor(60, TimeUnit.SECONDS);
        startForge();
        String refs = git.run("ls-remote", remote(), "refs/heads/*").succeeds().output();
        String after = git.run("rev-parse", "HEAD").output().strip();
        // As before or as after, and nothing between: the three branches move together.
        if (refs.contains(after)) {
            assertThat(refs).contains("refs/heads/two", "refs/heads/three").doesNotContain(before);
        } else {
            assertThat(refs).contains(before + "\trefs/heads/main").doesNotContain("two", "three");
        }
        new GitProgram(repository()).run("fsck", "--full").succeeds();
        git.run("push", "-q", remote(), "main", "main:two", "main:three").succeeds();
        git.run("clone", "-q", remote(), "../copy").succeeds();
        new GitProgram(repository()).run("fsck", "--full").succeeds();
    }

    @Test
    void aClientThatLeavesInTheMiddleChangesNothing() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            OutputStream out = socket.getOutputStream();
            String head = "POST /root/cut.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nAuthorization: "
                    + GitTest.basic(token())
                    + "\r\nContent-Type: application/x-git-receive-pack-request\r\nTransfer-Encoding: chunked\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            String command = before + " " + "1".repeat(40) + " refs/heads/main\0 report-status\n";
            String body = String.format("%04x", command.length() + 4) + command + "0000PACK\0\0\0\2\0\0\0\7";
            out.write((Integer.toHexString(body.length()) + "\r\n" + body + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }
        String refs = git.run("ls-remote", remote()).succeeds().output();
        assertThat(refs).contains(before + "\trefs/heads/main");
        String next = git.commit("b", "b");
        git.run("push", "-q", remote(), "main").succeeds();
        assertThat(git.run("ls-remote", remote()).output()).contains(next);
    }
}
