package io.fairlead.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.apps.agentk.AgentkApp;
import io.fairlead.apps.agentk.AgentkArguments;
import io.fairlead.apps.agentk.AgentkOptions;
import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code fairlead forge} and {@code fairlead kas} as two processes that know only each other's addresses and a secret. */
class TwoProcessesTest {
    private static final Duration START_MAX = Duration.ofSeconds(90);
    private static final Duration NEWS_MAX = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Background forge;
    private Background kas;
    private ReadyFile forgeReady;
    private ReadyFile kasReady;
    private String token;

    @BeforeEach
    void start() throws Exception {
        String kasApi = "127.0.0.1:" + Checkout.freePort();
        Path data = folder.resolve("data");
        Path ready = folder.resolve("forge.json");
        forge = fairlead("forge", "--data-dir", data.toString(), "--ready-file", ready.toString())
                .plus(
                        "--http-port=0",
                        "--gitaly-port=0",
                        "--ssh-port=0",
                        "--observability-port=0",
                        "--kas-api-address=" + kasApi)
                .start(folder.resolve("forge.log"));
        forge.awaitFile(ready, START_MAX);
        forgeReady = ReadyFile.read(ready).orElseThrow();
        token = Files.readString(Path.of(forgeReady.adminTokenFile().orElseThrow()))
                .strip();
        Path config = Files.writeString(folder.resolve("kas.yaml"), """
                gitlab: {address: "%s", authentication_secret_file: "%s"}
                agent:
                  listen: {address: "127.0.0.1:0", listen_grace_period: 0s}
                  kubernetes_api: {listen: {address: "127.0.0.1:0"}}
                api: {listen: {address: "%s", authentication_secret_file: "%s"}}
                observability: {listen: {address: "127.0.0.1:0"}}
                """.formatted(
                        forgeReady.httpUrl().orElseThrow(), secret(data), kasApi, secret(data)));
        Path kasFile = folder.resolve("kas.json");
        kas = fairlead("kas", "-c", config.toString(), "--ready-file", kasFile.toString())
                .start(folder.resolve("kas.log"));
        kas.awaitFile(kasFile, START_MAX);
        kasReady = ReadyFile.read(kasFile).orElseThrow();
    }

    @AfterEach
    void stop() {
        if (kas != null) {
            kas.close();
        }
        forge.close();
        client.close();
    }

    @Test
    void serveAnAgentAndItsUsersThroughTheInternalApiAndGitaly() throws Exception {
        long project = post("/projects", "{\"name\":\"two\"}").get("id").asLong();
        long agent = post("/projects/" + project + "/cluster_agents", "{\"name\":\"edge\"}")
                .get("id")
                .asLong();
        String agentToken = post("/projects/" + project + "/cluster_agents/" + agent + "/tokens", "{\"name\":\"t\"}")
                .get("token")
                .asString();
        push("user_access: {access_as: {agent: {}}, projects: [{id: root/two}]}\n");
        HttpServer cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.createContext("/version", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            exchange.close();
        });
        cluster.start();

        SystemScheduler scheduler = new SystemScheduler("agentk");
        Environment environment = new Environment(Map.of());
        AgentkOptions options = new AgentkOptions(AgentkArguments.parse(List.of(
                "--kas-address=" + kasReady.grpcUrl().orElseThrow(),
                "--token-file=" + Files.writeString(folder.resolve("token"), agentToken),
                "--kubeconfig=" + kubeconfig(cluster.getAddress().getPort()),
                "--observability-listen-address=127.0.0.1:0")));
        try (AgentkApp agentk = new AgentkApp(options.config(environment, scheduler), environment, scheduler)) {
            agentk.start();
            await().atMost(NEWS_MAX)
                    .untilAsserted(() -> assertThat(reported(agent)
                                    .path("user_access")
                                    .path("access_as")
                                    .has("agent"))
                            .isTrue());
            String pat = post("/user/personal_access_tokens", "{\"name\":\"k\",\"scopes\":[\"k8s_proxy\"]}")
                    .get("token")
                    .asString();
            HttpRequest.Builder version = HttpRequest.newBuilder(
                            URI.create(kasReady.k8sProxyUrl().orElseThrow() + "/version"))
                    .header("Authorization", "Bearer pat:" + agent + ":" + pat);
            HttpResponse<String> answer = client.send(version.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{}");

            // kas would look again after five minutes; that it knows in seconds, the forge has told it.
            push("observability: {logging: {level: debug}}\n");
            await().atMost(NEWS_MAX)
                    .untilAsserted(() ->
                            assertThat(reported(agent).has("observability")).isTrue());
        } finally {
            cluster.stop(0);
        }
    }

    @Test
    void answerTheirProbesAndEndWithTheSignalsCode() throws Exception {
        for (ReadyFile ready : new ReadyFile[] {forgeReady, kasReady}) {
            URI readiness = URI.create(ready.observabilityUrl().orElseThrow() + "/readiness");
            assertThat(client.send(HttpRequest.newBuilder(readiness).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
        forge.close();
        assertThat(folder.resolve("forge.json")).doesNotExist();
        assertThat(forge.logEnd()).contains("forge stopped in");
    }

    /** What kas has told the forge of the agent's configuration. */
    private JsonNode reported(long agent) throws Exception {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/fairlead.db"));
                ResultSet row = database.createStatement()
                        .executeQuery(
                                "select configuration from cluster_agent_configurations where agent_id = " + agent)) {
            return Json.tree(row.next() ? row.getString(1) : "{}");
        }
    }

    private void push(String configuration) throws Exception {
        Path work = folder.resolve("work");
        if (!Files.exists(work)) {
            git("init", "-q", "-b", "main", work.toString());
        }
        Path file = work.resolve(".gitlab/agents/edge/config.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, configuration);
        git("-C", work.toString(), "add", "-A");
        git("-C", work.toString(), "-c", "user.name=t", "-c", "user.email=t@x", "commit", "-q", "-m", "configure");
        String remote = forgeReady.httpUrl().orElseThrow().replace("http://", "http://t:" + token + "@");
        git("-C", work.toString(), "push", "-q", remote + "/root/two.git", "main");
    }

    private static void git(String... arguments) {
        Command.of("git").plus(arguments).run().orFail();
    }

    private JsonNode post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(forgeReady.httpUrl().orElseThrow() + "/api/v4" + path))
                .header("PRIVATE-TOKEN", token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Json.tree(answer.body());
    }

    private Path kubeconfig(int port) throws Exception {
        return Files.writeString(folder.resolve("kubeconfig"), """
                current-context: c
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c}}]
                """.formatted(port));
    }

    private static Path secret(Path data) {
        return data.resolve("secrets/gitlab-kas-secret");
    }

    private static Command fairlead(String... arguments) {
        return Command.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName())
                .plus(arguments);
    }
}
