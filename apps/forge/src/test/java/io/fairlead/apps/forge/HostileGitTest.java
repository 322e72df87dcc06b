package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.RawSocket;
import io.fairlead.testing.git.PackBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that speak Git's protocol to do harm. Each was found by attacking a running server. */
class HostileGitTest {
    private static final String NOTHING = "0".repeat(40);
    private static final String MADE_UP = "1".repeat(40);
    private static final int PIECE = 60_000;
    private static final byte[] EMPTY_TREE = new byte[0];
    private static final byte[] COMMIT = ("tree " + PackBytes.id(PackBytes.TREE, EMPTY_TREE)
                    + "\nauthor A <a@example.com> 1700000000 +0000\ncommitter A <a@example.com> 1700000000 +0000\n\nm\n")
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    static Path data;

    private static RunningForge forge;
    private static final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path work;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(data);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
        client.close();
    }

    private static String basic(String token) {
        return "Basic " + Base64.getEncoder().encodeToString(("x:" + token).getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> post(String project, String service, String token, byte[] body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(forge.url("/root/" + project + ".git/" + service)))
                .header("Content-Type", "application/x-" + service + "-request")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (!token.isEmpty()) {
            request.header("Authorization", basic(token));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static byte[] push(String id, String ref, byte[] pack) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(PackBytes.line(NOTHING + " " + id + " " + ref + "\0report-status"));
        out.writeBytes("0000".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(pack);
        return out.toByteArray();
    }

    private static PackBytes oneCommit() {
        PackBytes pack = new PackBytes();
        pack.object(PackBytes.TREE, EMPTY_TREE);
        pack.object(PackBytes.COMMIT, COMMIT);
        return pack;
    }

    @Test
    void aPackDoesNotGetTheMemoryItClaims() throws Exception {
        forge.project("bombs");
        PackBytes size = new PackBytes();
        size.claiming(PackBytes.COMMIT, 2_000_000_000, new byte[100]);
        PackBytes difference = new PackBytes();
        long base = difference.object(PackBytes.BLOB, new byte[PIECE]);
        difference.delta(base, PackBytes.repeating(PIECE, PIECE, 1_900_000_000));
        List<byte[]> packs = List.of(oneCommit().bytes(2_100_000_000), size.bytes(), difference.bytes());
        for (byte[] pack : packs) {
            HttpResponse<String> answer =
                    post("bombs", "git-receive-pack", forge.rootToken, push(MADE_UP, "refs/heads/main", pack));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("unpack ").doesNotContain("unpack ok");
        }
        HttpResponse<String> good = post(
                "bombs",
                "git-receive-pack",
                forge.rootToken,
                push(
                        PackBytes.id(PackBytes.COMMIT, COMMIT),
                        "refs/heads/main",
                        oneCommit().bytes()));
        assertThat(good.body()).contains("unpack ok").contains("ok refs/heads/main");
    }

    @Test
    void aFetchNamesNoIdsThatAreMadeToBeSlow() throws Exception {
        forge.post("/api/v4/projects", "name=slow-ids&visibility=public&initialize_with_readme=true");
        ByteArrayOutputStream wants = new ByteArrayOutputStream();
        for (int i = 0; i < 200_000; i++) {
            wants.writeBytes(PackBytes.line("want " + "%040x".formatted(i)));
        }
        assertThat(post("slow-ids", "git-upload-pack", "", wants.toByteArray()).statusCode())
                .isEqualTo(413);
        assertThat(post("slow-ids", "git-upload-pack", "", "zzzz".getBytes(StandardCharsets.US_ASCII))
                        .statusCode())
                .isEqualTo(400);
        assertThat(post("slow-ids", "git-upload-pack", "", "0040want".getBytes(StandardCharsets.US_ASCII))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void whoAsksSlowlyKeepsNobodyWaiting() throws Exception {
        forge.post("/api/v4/projects", "name=slowly&visibility=public&initialize_with_readme=true");
        List<RawSocket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                slow.add(begin("slowly", "git-upload-pack", "", 10_000).send(PackBytes.line("want " + MADE_UP + "\n")));
            }
            GitProgram git = new GitProgram(work);
            git.run("clone", "-q", forge.url("/root/slowly.git"), "copy").succeeds();
        } finally {
            for (RawSocket socket : slow) {
                socket.close();
            }
        }
    }

    private static RawSocket begin(String project, String service, String token, int length) throws IOException {
        String authorization = token.isEmpty() ? "" : "Authorization: " + basic(token) + "\r\n";
        return RawSocket.connect(forge.app.httpAddress())
                .send("POST /root/" + project + ".git/" + service + " HTTP/1.1\r\nHost: x\r\n" + authorization
                        + "Content-Type: application/x-" + service + "-request\r\nContent-Length: " + length
                        + "\r\n\r\n");
    }

    @Test
    void whoMayNotPushAnyMoreDoesNotEndAPush() throws Exception {
        forge.project("ended");
        forge.post("/api/v4/projects/root%2Fended/repository/files/a", "branch=main&content=x&commit_message=m");
        String token = forge.personWithToken("leaver", "api", "write_repository");
        long leaver = forge.userId("leaver");
        forge.post("/api/v4/projects/root%2Fended/members", "user_id=" + leaver + "&access_level=30");
        byte[] body = push(
                PackBytes.id(PackBytes.COMMIT, COMMIT),
                "refs/heads/late",
                oneCommit().bytes());
        try (RawSocket push = begin("ended", "git-receive-pack", token, body.length)) {
            push.send(Arrays.copyOf(body, body.length - 30));
            assertThat(forge.delete("/api/v4/projects/root%2Fended/members/" + leaver)
                            .status())
                    .isEqualTo(204);
            String answer = push.send(Arrays.copyOfRange(body, body.length - 30, body.length))
                    .readAnswer()
                    .body();
            // The others are said when the removal overtook the push's head on its way in, before or after the door.
            assertThat(answer)
                    .containsAnyOf(
                            "ng refs/heads/late you are not allowed any more",
                            "You are not allowed to push code to this project.",
                            "could not be found or you don't have permission to view it");
        }
        assertThat(forge.get("/api/v4/projects/root%2Fended/repository/branches/late")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aBranchPointsToCommits() throws Exception {
        long project = forge.project("trees");
        forge.post("/api/v4/projects/" + project + "/repository/files/a", "branch=main&content=x&commit_message=m");
        HttpResponse<String> answer = post(
                "trees",
                "git-receive-pack",
                forge.rootToken,
                push(
                        PackBytes.id(PackBytes.TREE, EMPTY_TREE),
                        "refs/heads/zz",
                        oneCommit().bytes()));
        assertThat(answer.body()).contains("ng refs/heads/zz a branch can point to commits only");
        assertThat(forge.get("/api/v4/projects/" + project + "/repository/branches")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void submodulesThatRunProgramsAreRefusedOverTheApiToo() {
        long project = forge.project("modules");
        RunningForge.Answer answer = forge.post(
                "/api/v4/projects/" + project + "/repository/files/.gitmodules",
                "{\"branch\":\"main\",\"commit_message\":\"m\",\"content\":"
                        + "\"[submodule \\\"a\\\"]\\n\\tpath = a\\n\\turl = -oProxyCommand=x\\n\"}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.response().body()).contains("invalid .gitmodules");
    }
}
