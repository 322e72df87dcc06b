package io.fairlead.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fairlead.apps.agentk.AgentkApp;
import io.fairlead.apps.agentk.AgentkArguments;
import io.fairlead.apps.agentk.AgentkOptions;
import io.fairlead.apps.forge.ForgeApp;
import io.fairlead.apps.forge.ForgeConfig;
import io.fairlead.apps.kas.KasApp;
import io.fairlead.apps.kas.KasConfig;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.env.Environment;
import io.fairlead.base.json.Json;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.forge.access.JobIdentity;
import io.fairlead.wire.loop.EventLoops;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A forge, three kas that do not know of each other, an agent at each, and a cluster whose watches never end: whoever loses a
 * right loses their watch at each and is let in nowhere, while somebody else's goes on.
 */
class RevocationTest {
    private static final int REPLICAS = 3;

    /** One second is the goal, which the trials measure; a loaded machine may take longer. */
    private static final Duration CUT_WITHIN = Duration.ofSeconds(10);

    private static final String CONFIGURATION = """
            user_access: {access_as: {user: {}}, projects: [{id: top/app}], groups: [{id: top/team}]}
            """;
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    static Path folder;

    private static final HttpClient client = HttpClient.newHttpClient();
    private static final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private static final EventLoops loops = EventLoops.of(2, "test-kas");
    private static final List<KasApp> replicas = new ArrayList<>();
    private static HttpServer cluster;
    private static ForgeApp forge;
    private static String root;
    private static long top;
    private static long team;
    private static long app;

    private final List<AgentkApp> agents = new ArrayList<>();
    private final List<Watch> watches = new ArrayList<>();
    private long agent;
    private long agentTokenId;
    private String agentName = "";
    private List<Watch> untouched = List.of();

    /** A watch that somebody has open. */
    private record Watch(InputStream body) {
        static Watch of(InputStream body) {
            Watch watch = new Watch(body);
            watch.event();
            return watch;
        }

        /** Reads one event. */
        void event() {
            try {
                assertThat(new String(body.readNBytes(6), StandardCharsets.US_ASCII))
                        .isEqualTo("event\n");
            } catch (IOException e) {
                throw new AssertionError("the watch has ended", e);
            }
        }

        /** Reads until it is cut; an answer that ends as it should is no cut. */
        boolean cut() {
            try {
                while (body.read() >= 0) {
                    // An event.
                }
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.setExecutor(threads);
        cluster.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("{}".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        cluster.createContext("/watch", RevocationTest::events);
        cluster.start();
        forge = new ForgeApp(ForgeConfig.loopback(folder.resolve("data"), URI.create("http://fairlead.example")));
        forge.start();
        root = Files.readString(forge.adminTokenFile()).strip();
        for (int i = 0; i < REPLICAS; i++) {
            KasApp kas = new KasApp(kasConfig(), loops);
            kas.start();
            replicas.add(kas);
        }
        top = id(post("/groups", "{\"name\":\"top\",\"path\":\"top\"}"));
        team = id(post("/groups", "{\"name\":\"team\",\"path\":\"team\",\"parent_id\":" + top + "}"));
        app = id(post("/projects", "{\"name\":\"app\",\"namespace_id\":" + top + "}"));
    }

    private static void events(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (true) {
                exchange.getResponseBody().write("event\n".getBytes(StandardCharsets.US_ASCII));
                exchange.getResponseBody().flush();
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        threads.shutdownNow();
        client.shutdownNow();
        replicas.forEach(KasApp::close);
        forge.close();
        cluster.stop(0);
        loops.close();
    }

    @BeforeEach
    void connectAgents() throws Exception {
        agentName = "edge" + NAMES.incrementAndGet();
        agent = id(post("/projects/" + app + "/cluster_agents", "{\"name\":\"" + agentName + "\"}"));
        JsonNode token = post("/projects/" + app + "/cluster_agents/" + agent + "/tokens", "{\"name\":\"t\"}");
        agentTokenId = id(token);
        commit("POST", CONFIGURATION);
        Path file =
                Files.writeString(folder.resolve(agentName), token.get("token").asString());
        for (KasApp kas : replicas) {
            SystemScheduler scheduler = new SystemScheduler("agentk");
            Environment environment = new Environment(Map.of());
            AgentkOptions options = new AgentkOptions(AgentkArguments.parse(List.of(
                    "--kas-address=grpc://" + Addresses.reachable(kas.agentAddress()),
                    "--token-file=" + file,
                    "--kubeconfig=" + kubeconfig(),
                    "--observability-listen-address=127.0.0.1:0")));
            AgentkApp agentk = new AgentkApp(options.config(environment, scheduler), environment, scheduler);
            agentk.start();
            agents.add(agentk);
        }
        Person bystander = person();
        post("/projects/" + app + "/members", member(bystander, 30));
        untouched = watch(bystander.token);
    }

    @AfterEach
    void disconnectAgents() throws Exception {
        for (Watch watch : watches) {
            watch.body.close();
        }
        for (AgentkApp agentk : agents) {
            agentk.close();
        }
    }

    private record Person(long id, long tokenId, String token) {}

    private static Person person() throws Exception {
        String name = "person" + NAMES.incrementAndGet();
        long id = id(post("/users", """
                {"username": "%s", "name": "%s", "email": "%s@example.com"}""".formatted(name, name, name)));
        JsonNode token =
                post("/users/" + id + "/personal_access_tokens", "{\"name\":\"t\",\"scopes\":[\"k8s_proxy\"]}");
        return new Person(id, id(token), "pat:%d:" + token.get("token").asString());
    }

    private static String member(Person person, int level) {
        return "{\"user_id\":" + person.id + ",\"access_level\":" + level + "}";
    }

    /** A person who is a Developer of the agent's project. */
    private Person developer() throws Exception {
        Person person = person();
        post("/projects/" + app + "/members", member(person, 30));
        return person;
    }

    /** A watch at each kas. */
    private List<Watch> watch(String token) {
        List<Watch> all = new ArrayList<>();
        for (KasApp kas : replicas) {
            await().atMost(Duration.ofSeconds(30)).until(() -> status(kas, token) == 200);
            all.add(Watch.of(
                    get(kas, "/watch", token, BodyHandlers.ofInputStream()).body()));
        }
        watches.addAll(all);
        return all;
    }

    private interface Change {
        void make() throws Exception;
    }

    private void endsBy(String token, Change change) throws Exception {
        endsBy(token, change, true);
    }

    /** @param bystandersGoOn whether the change leaves others with what they have */
    private void endsBy(String token, Change change, boolean bystandersGoOn) throws Exception {
        List<Watch> all = watch(token);
        change.make();
        for (Watch watch : all) {
            assertThat(threads.submit(watch::cut).get(CUT_WITHIN.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        }
        for (KasApp kas : replicas) {
            assertThat(status(kas, token)).isIn(401, 403, 404, 503);
        }
        if (bystandersGoOn) {
            untouched.forEach(Watch::event);
        }
    }

    @Test
    void aTokenIsRevoked() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> delete("/personal_access_tokens/" + person.tokenId));
    }

    @Test
    void aTokenIsRotated() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> post("/personal_access_tokens/" + person.tokenId + "/rotate", "{}"));
    }

    @Test
    void aProjectsTokenIsRevoked() throws Exception {
        JsonNode token = post("/projects/" + app + "/access_tokens", """
                {"name": "bot", "scopes": ["k8s_proxy"], "access_level": 30, "expires_at": "%s"}""".formatted(
                        java.time.LocalDate.now(java.time.ZoneOffset.UTC).plusDays(30)));
        endsBy(
                "pat:%d:" + token.get("token").asString(),
                () -> delete("/projects/" + app + "/access_tokens/" + id(token)));
    }

    @Test
    void aPersonIsBlocked() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> post("/users/" + person.id + "/block", "{}"));
    }

    @Test
    void aPersonIsDeleted() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> delete("/users/" + person.id));
    }

    @Test
    void aMemberIsRemoved() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> delete("/projects/" + app + "/members/" + person.id));
    }

    @Test
    void aRoleIsLowered() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> send("PUT", "/projects/" + app + "/members/" + person.id, "{\"access_level\":20}"));
    }

    /** They may still, but as somebody else: what runs is cut, and what comes is let in. */
    @Test
    void aRoleIsRaised() throws Exception {
        Person person = developer();
        List<Watch> all = watch(person.token);
        send("PUT", "/projects/" + app + "/members/" + person.id, "{\"access_level\":40}");
        for (Watch watch : all) {
            assertThat(threads.submit(watch::cut).get(CUT_WITHIN.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        }
        for (KasApp kas : replicas) {
            assertThat(status(kas, person.token)).isEqualTo(200);
        }
        untouched.forEach(Watch::event);
    }

    @Test
    void aMemberOfTheGroupAboveIsRemoved() throws Exception {
        Person person = person();
        post("/groups/" + top + "/members", member(person, 30));
        endsBy(person.token, () -> delete("/groups/" + top + "/members/" + person.id));
    }

    @Test
    void aGroupsShareIsWithdrawn() throws Exception {
        Person person = person();
        String name = "guests" + NAMES.incrementAndGet();
        long guests = id(post("/groups", "{\"name\":\"x\",\"path\":\"" + name + "\"}"));
        post("/groups/" + guests + "/members", member(person, 30));
        post("/groups/" + team + "/share", "{\"group_id\":" + guests + ",\"group_access\":30}");
        endsBy(person.token, () -> delete("/groups/" + team + "/share/" + guests));
    }

    @Test
    void theConfigurationSharesWithOthersOnly() throws Exception {
        Person person = person();
        post("/groups/" + team + "/members", member(person, 30));
        endsBy(person.token, () -> commit("PUT", """
                user_access: {access_as: {user: {}}, projects: [{id: top/app}]}
                """));
    }

    @Test
    void theProjectIsRenamed() throws Exception {
        Person person = developer();
        // A redirect would still lead there, were it not taken by another project.
        endsBy(
                person.token,
                () -> {
                    send("PUT", "/projects/" + app, "{\"path\":\"elsewhere\"}");
                    id(post("/projects", "{\"name\":\"app\",\"namespace_id\":" + top + "}"));
                },
                false);
        JsonNode other = Json.tree(send("GET", "/projects/top%2Fapp", "").body());
        delete("/projects/" + id(other));
        send("PUT", "/projects/" + app, "{\"path\":\"app\"}");
    }

    @Test
    void theAgentIsDeleted() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> delete("/projects/" + app + "/cluster_agents/" + agent), false);
    }

    @Test
    void theAgentsTokenIsRevoked() throws Exception {
        Person person = developer();
        List<Watch> all = watch(person.token);
        delete("/projects/" + app + "/cluster_agents/" + agent + "/tokens/" + agentTokenId);
        for (Watch watch : all) {
            assertThat(threads.submit(watch::cut).get(CUT_WITHIN.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @Test
    void aJobEnds() throws Exception {
        long job = 10_000 + NAMES.incrementAndGet();
        String secret = "glcbt-" + job;
        forge.jobTokens()
                .put(
                        secret,
                        new JobIdentity(job, 1, app, 1, false, null),
                        Instant.now().plusSeconds(600));
        endsBy("ci:%d:" + secret, () -> forge.jobTokens().end(job));
    }

    @Test
    void aJobsTimeIsUp() throws Exception {
        long job = 10_000 + NAMES.incrementAndGet();
        String secret = "glcbt-" + job;
        forge.jobTokens()
                .put(
                        secret,
                        new JobIdentity(job, 1, app, 1, false, null),
                        Instant.now().plusSeconds(4));
        endsBy("ci:%d:" + secret, () -> {});
    }

    /** Who it was, by which rule and as whom, and why it ended; and nowhere what they showed. */
    @Test
    void whatWasCutIsOnRecord() throws Exception {
        Person person = developer();
        endsBy(person.token, () -> delete("/projects/" + app + "/members/" + person.id));
        await().atMost(CUT_WITHIN).untilAsserted(() -> {
            String told = send("GET", "/audit_records?limit=1000&agent_id=" + agent, "")
                    .body();
            JsonNode records = Json.tree(told).get("records");
            List<JsonNode> cut = records.valueStream()
                    .filter(record -> record.path("decision").asString("").equals("cut")
                            && record.path("user_id").asLong(0) == person.id)
                    .toList();
            assertThat(cut).hasSize(REPLICAS);
            assertThat(cut.getFirst().get("as").asString()).startsWith("gitlab:user:person");
            assertThat(cut.getFirst().get("rule").asString()).isEqualTo("user_access: user");
            assertThat(cut.getFirst().get("reason").asString()).contains("access was withdrawn while the request ran");
            assertThat(cut.getFirst().get("bytes_out").asLong()).isPositive();
            assertThat(records.valueStream()
                            .filter(record ->
                                    record.path("decision").asString("").equals("refused")))
                    .hasSizeGreaterThanOrEqualTo(REPLICAS);
            for (String secret : List.of(root, person.token.substring("pat:%d:".length()))) {
                assertThat(told).doesNotContain(secret);
            }
        });
        try (java.util.stream.Stream<Path> files = Files.list(folder.resolve("data/audit"))) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file))
                        .doesNotContain(root)
                        .doesNotContain("glpat-")
                        .doesNotContain("glcbt-");
            }
        }
    }

    /** What the goal of one second speaks of. Printed, not asserted: other programs may have the machine. */
    @Test
    void measuresHowLongItTakes() throws Exception {
        List<Long> millis = new ArrayList<>();
        for (int trial = 0; trial < Integer.getInteger("fairlead.revocation-trials", 10); trial++) {
            Person person = developer();
            List<Watch> all = watch(person.token);
            long begun = System.nanoTime();
            delete("/personal_access_tokens/" + person.tokenId);
            for (Watch watch : all) {
                assertThat(watch.cut()).isTrue();
            }
            for (KasApp kas : replicas) {
                assertThat(status(kas, person.token)).isEqualTo(401);
            }
            millis.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
        }
        millis.sort(null);
        System.out.println("revocation, from the call to the last watch cut and the next request refused at all "
                + REPLICAS + " kas: "
                + "median " + millis.get(millis.size() / 2) + " ms, longest " + millis.getLast() + " ms of "
                + millis.size() + " trials");
        assertThat(millis).isNotEmpty();
    }

    private int status(KasApp kas, String token) {
        return get(kas, "/version", token, BodyHandlers.discarding()).statusCode();
    }

    private <T> HttpResponse<T> get(KasApp kas, String path, String token, HttpResponse.BodyHandler<T> body) {
        String url = "http://" + Addresses.reachable(kas.proxyAddress().orElseThrow()) + path;
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + token.formatted(agent))
                .build();
        try {
            return client.send(request, body);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void commit(String method, String text) throws Exception {
        send(
                method,
                "/projects/" + app + "/repository/files/.gitlab%2Fagents%2F" + agentName + "%2Fconfig.yaml",
                """
                {"branch": "main", "commit_message": "configure", "content": %s}""".formatted(Json.write(text)));
    }

    private static JsonNode post(String path, String body) throws Exception {
        return Json.tree(send("POST", path, body).body());
    }

    private static void delete(String path) throws Exception {
        send("DELETE", path, "");
    }

    private static long id(JsonNode answer) {
        return answer.get("id").asLong();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + Addresses.reachable(forge.httpAddress()) + "/api/v4" + path))
                .header("PRIVATE-TOKEN", root)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as(method + " " + path + ": " + answer.body())
                .isBetween(200, 204);
        return answer;
    }

    private static Path kubeconfig() throws Exception {
        return Files.writeString(
                folder.resolve("kubeconfig"), """
                current-context: c
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c}}]
                """.formatted(cluster.getAddress().getPort()));
    }

    private static KasConfig kasConfig() throws Exception {
        Path file = Files.writeString(folder.resolve("kas.yaml"), """
                gitlab: {address: "http://%s", authentication_secret_file: "%s"}
                agent:
                  listen: {address: "127.0.0.1:0", listen_grace_period: 0s}
                  kubernetes_api: {listen: {address: "127.0.0.1:0", listen_grace_period: 0s, shutdown_grace_period: 1s}}
                api: {listen: {address: "127.0.0.1:0", authentication_secret_file: "%s"}}
                observability: {listen: {address: "127.0.0.1:0"}}
                """.formatted(
                        Addresses.reachable(forge.httpAddress()), forge.kasSecretFile(), forge.kasSecretFile()));
        return ConfigLoader.load(ConfigInput.of(Optional.of(file), new Environment(Map.of())), KasConfig::read)
                .value();
    }
}
