package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.base.json.Json;
import io.fairlead.forge.agent.GroupSharing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Hooks of projects: what is told to a real server on loopback, which the configuration allows here. */
@Tag(TestDatabase.BOTH)
class HookTest {
    private static final String SHA = "0123456789012345678901234567890123456789";

    /** What the server was sent. */
    record Told(String path, Map<String, String> headers, String text) {
        JsonNode body() {
            return Json.tree(text);
        }
    }

    @TempDir
    static Path folder;

    @TempDir
    static Path strictFolder;

    private static final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private static final AtomicInteger status = new AtomicInteger(200);
    private static RunningForge forge;
    private static HttpServer server;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL)
                .withRules(new ClientRules(ClientRules.DEFAULT.requestsPerMinute(), true, GroupSharing.NONE)));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, String> headers = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            int answer = exchange.getRequestURI().getPath().equals("/once") ? status.getAndSet(200) : status.get();
            told.add(new Told(exchange.getRequestURI().toString(), headers, body));
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop(0);
        forge.close();
    }

    private static Told next() throws InterruptedException {
        return Objects.requireNonNull(told.poll(30, TimeUnit.SECONDS), "nothing was told");
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Test
    void pushOptionsAreToldAndWhatIsNotKnownIsSaid(@TempDir Path clones) throws Exception {
        long project = forge.project("options");
        forge.post("/api/v4/projects/" + project + "/hooks", "url=" + url("/in"));
        GitProgram git = new GitProgram(clones).init("options");
        git.commit("a", "a");
        String remote = forge.url("/root/options.git").replace("://", "://x:" + forge.rootToken + "@");
        GitProgram.Run pushed = git.run(
                        "push",
                        "-o",
                        "ci.skip",
                        "-o",
                        "ci.variable=A=b c",
                        "-o",
                        "ci.variable=B=d",
                        "-o",
                        "made.up=1",
                        remote,
                        "main")
                .succeeds();
        assertThat(pushed.output())
                .contains("remote: WARNING: the push option \"made.up\" is not known here and is ignored.");
        assertThat(next().body().get("push_options"))
                .isEqualTo(Json.tree("{\"ci\":{\"skip\":true,\"variable\":{\"A=b c\":1,\"B=d\":1}}}"));
        String before = git.run("rev-parse", "HEAD").output();
        git.commit("b", "b");
        List<String> many = new ArrayList<>(List.of("push", remote, "main"));
        for (int i = 0; i < 65; i++) {
            many.addAll(List.of("-o", "ci.skip"));
        }
        GitProgram.Run refused = git.run(many.toArray(String[]::new));
        assertThat(refused.status()).isNotZero();
        assertThat(refused.output()).contains("more than 64 push options");
        assertThat(git.run("ls-remote", remote, "refs/heads/main").output()).startsWith(before.strip());
    }

    @Test
    void pushesAndTagsAndDeploymentsAreTold() throws Exception {
        long project = forge.project("hooked");
        String all = "/api/v4/projects/" + project;
        Answer made = forge.post(
                all + "/hooks",
                "url=" + url("/in?x=1") + "&token=sesame&tag_push_events=true&deployment_events=true"
                        + "&push_events_branch_filter=ma*");
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.response().body()).doesNotContain("sesame");
        assertThat(made.json().get("alert_status").asString()).isEqualTo("executable");
        forge.post(all + "/repository/files/a.txt", "branch=main&content=x&commit_message=First");
        Told push = next();
        assertThat(push.path()).isEqualTo("/in?x=1");
        assertThat(push.headers())
                .containsEntry("X-Gitlab-Event", "Push Hook")
                .containsEntry("X-Gitlab-Token", "sesame")
                .containsEntry("Content-Type", "application/json")
                .containsKeys("X-Gitlab-Event-UUID", "Idempotency-Key", "X-Gitlab-Instance");
        assertThat(push.headers().get("X-Gitlab-Event-UUID"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(push.body().get("object_kind").asString()).isEqualTo("push");
        assertThat(push.body().get("ref").asString()).isEqualTo("refs/heads/main");
        assertThat(push.body().get("user_username").asString()).isEqualTo("root");
        assertThat(push.body().get("project").get("path_with_namespace").asString())
                .isEqualTo("root/hooked");
        assertThat(push.body().get("commits").get(0).get("added").get(0).asString())
                .isEqualTo("a.txt");
        forge.post(all + "/repository/branches", "branch=other&ref=main");
        forge.post(all + "/repository/tags", "tag_name=v1&ref=main");
        Told tag = next();
        assertThat(tag.headers())
                .as("the filter kept the branch back")
                .containsEntry("X-Gitlab-Event", "Tag Push Hook");
        assertThat(tag.body().get("ref").asString()).isEqualTo("refs/tags/v1");
        forge.post(all + "/deployments", "environment=production&ref=main&tag=false&status=success&sha=" + SHA);
        Told deployment = next();
        assertThat(deployment.headers()).containsEntry("X-Gitlab-Event", "Deployment Hook");
        assertThat(deployment.body().get("status").asString()).isEqualTo("success");
        String one = all + "/hooks/" + made.id();
        assertThat(forge.post(one + "/test/push_events", "").status()).isEqualTo(201);
        assertThat(next().body().get("total_commits_count").asInt()).isEqualTo(1);
        assertThat(forge.post(one + "/test/other_events", "").status()).isEqualTo(400);
        assertThat(forge.delete(one).status()).isEqualTo(204);
        assertThat(forge.get(all + "/hooks").json()).isEmpty();
        for (Path file : Files.list(folder).filter(Files::isRegularFile).toList()) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .doesNotContain("sesame");
        }
    }

    @Test
    void aCallThatFailsIsMadeAgainWithTheSameKey() throws Exception {
        long project = forge.project("hooked-again");
        String all = "/api/v4/projects/" + project;
        forge.post(all + "/hooks", "url=" + url("/once"));
        status.set(503);
        forge.post(all + "/repository/files/a", "branch=main&content=x&commit_message=m");
        Told first = next();
        Told second = next();
        assertThat(second.headers().get("Idempotency-Key"))
                .isEqualTo(first.headers().get("Idempotency-Key"));
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void aHookThatWasRemovedIsNotTriedAgain() throws Exception {
        long project = forge.project("hooked-gone");
        String all = "/api/v4/projects/" + project;
        long hook = forge.post(all + "/hooks", "url=" + url("/gone"))
                .json()
                .path("id")
                .asLong();
        status.set(503);
        try {
            forge.post(all + "/repository/files/a", "branch=main&content=x&commit_message=m");
            assertThat(next().path()).isEqualTo("/gone");
            forge.delete(all + "/hooks/" + hook);
            assertThat(told.poll(5, TimeUnit.SECONDS)).isNull();
        } finally {
            status.set(200);
        }
    }

    @Test
    void callsAreSignedWithAKeyThatNobodyIsShown() throws Exception {
        long project = forge.project("hooked-signed");
        String hooks = "/api/v4/projects/" + project + "/hooks";
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 0xfb);
        String token = "whsec_" + Base64.getEncoder().encodeToString(key);
        assertThat(forge.post(hooks, "url=" + url("/signed") + "&signing_token=sesame")
                        .status())
                .isEqualTo(400);
        Answer made = forge.post(
                hooks, "url=" + url("/signed") + "&signing_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        assertThat(made.response().body()).doesNotContain(token.substring(6));
        assertThat(made.json().get("signing_token_present").asBoolean()).isTrue();
        assertThat(made.json().get("token_present").asBoolean()).isFalse();

        forge.post("/api/v4/projects/" + project + "/repository/files/a", "branch=main&content=x&commit_message=m");
        Told call = next();

        String id = call.headers().get("webhook-id");
        String time = call.headers().get("webhook-timestamp");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        byte[] expected = mac.doFinal((id + "." + time + "." + call.text()).getBytes(StandardCharsets.UTF_8));
        assertThat(call.headers())
                .containsEntry("webhook-signature", "v1," + Base64.getEncoder().encodeToString(expected))
                .containsEntry("Idempotency-Key", id);
        forge.call("PUT", hooks + "/" + made.id(), forge.rootToken, "signing_token=");
        assertThat(forge.get(hooks).json().get(0).get("signing_token_present").asBoolean())
                .isFalse();
    }

    @Test
    void redirectsAreNotFollowedAndFailuresDisable() throws Exception {
        long project = forge.project("hooked-badly");
        String all = "/api/v4/projects/" + project;
        long id = forge.post(all + "/hooks", "url=" + url("/moved")).id();
        forge.post(all + "/repository/files/a", "branch=main&content=x&commit_message=m");
        next();
        String one = all + "/hooks/" + id;
        status.set(302);
        try {
            for (int i = 0; i < 4; i++) {
                Answer refused = forge.post(one + "/test/push_events", "");
                assertThat(refused.status()).isEqualTo(422);
                assertThat(refused.response().body()).contains("302");
                assertThat(next().path()).isEqualTo("/moved");
            }
            assertThat(told).as("nobody went elsewhere").isEmpty();
        } finally {
            status.set(200);
        }
        assertThat(forge.get(one).json().get("alert_status").asString()).isEqualTo("temporarily_disabled");
        assertThat(forge.get(one).json().get("disabled_until").isNull()).isFalse();
        assertThat(forge.post(one + "/test/push_events", "").status()).isEqualTo(201);
        next();
        assertThat(forge.get(one).json().get("alert_status").asString())
                .as("a good answer ends it")
                .isEqualTo("executable");
    }

    @Test
    void addressesThatAreNotPublicAreNotCalledUnlessAllowed() throws Exception {
        try (RunningForge strict = new RunningForge(strictFolder)) {
            String all = "/api/v4/projects/" + strict.project("strict");
            strict.post(all + "/repository/files/a", "branch=main&content=x&commit_message=m");
            for (String host : new String[] {"127.0.0.1", "localhost", "[::1]", "2130706433", "0.0.0.0"}) {
                Answer made = strict.post(
                        all + "/hooks",
                        "url=http://" + host + ":" + server.getAddress().getPort() + "/");
                if (made.status() == 422) {
                    continue;
                }
                Answer refused = strict.post(all + "/hooks/" + made.id() + "/test/push_events", "");
                assertThat(refused.status()).as(host).isEqualTo(422);
                assertThat(refused.response().body()).as(host).contains("Hook execution failed");
            }
            assertThat(told).isEmpty();
        }
        assertThat(forge.post("/api/v4/projects/" + forge.project("wrong-hooks") + "/hooks", "url=ftp://x")
                        .status())
                .isEqualTo(422);
    }
}
