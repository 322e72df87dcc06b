package io.fairlead.apps.kas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.base.config.ConfigInput;
import io.fairlead.base.config.ConfigLoader;
import io.fairlead.base.env.Environment;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.link.kubeapi.agent.KubernetesApiAgent;
import io.fairlead.link.tunnel.agent.TunnelPool;
import io.fairlead.testing.valkey.ValkeyServer;
import io.fairlead.wire.grpc.AgentChannel;
import io.fairlead.wire.grpc.AgentChannelConfig;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.KasAddress;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.loop.EventLoops;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three kas, a real Valkey or Redis, one agent behind a balancer: whichever kas is asked, the cluster answers. */
class SeveralKasTest {
    private static final int KAS = 3;
    private static final String MAY = """
            {"agent": {"id": 7, "config_project": {"id": 3}}, "user": {"id": 5, "username": "dana"},
             "access_as": {"agent": {}}}""";
    private static final String AGENT = """
            {"project_id": 3, "agent_id": 7, "agent_name": "edge",
             "gitaly_info": {"address": "tcp://127.0.0.1:1", "token": "", "features": {}},
             "gitaly_repository": {"storage_name": "default", "relative_path": "a.git",
               "gl_repository": "project-3", "gl_project_path": "group/project"}, "default_branch": "main"}""";
    private static final byte[] LARGE = new byte[3 << 20];

    @TempDir
    Path folder;

    private final EventLoops loops = EventLoops.of(2, "test-kas");
    private final EventLoops agentLoops = EventLoops.of(1, "test-agent");
    private final SystemScheduler scheduler = new SystemScheduler("test-agent");
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final List<KasApp> all = new CopyOnWriteArrayList<>();
    private HttpServer gitlab;
    private HttpServer cluster;
    private ValkeyServer valkey;
    private Balancer balancer;
    private io.fairlead.wire.http.HttpClient upstream;
    private AgentChannel channel;
    private TunnelPool pool;

    @BeforeEach
    void open() throws Exception {
        gitlab = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gitlab.createContext("/", exchange -> {
            if (exchange.getRequestURI().getPath().endsWith("/access_changes")) {
                exchange.sendResponseHeaders(404, -1);
                exchange.close();
                return;
            }
            boolean info = exchange.getRequestURI().getPath().endsWith("/agent_info");
            byte[] body = (info ? AGENT : MAY).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gitlab.start();
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.setExecutor(task -> Thread.ofVirtual().start(task));
        cluster.createContext("/", exchange -> {
            byte[] sent = exchange.getRequestBody().readAllBytes();
            byte[] body = exchange.getRequestURI().getPath().equals("/large")
                    ? LARGE
                    : (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + sent.length)
                            .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        cluster.createContext("/watch", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int tick = 0; tick < 10_000; tick++) {
                    out.write(("tick " + tick + "\n").getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                    Thread.sleep(20);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        cluster.start();
        valkey = ValkeyServer.begin(folder);
        balancer = new Balancer();
        for (int i = 0; i < KAS; i++) {
            all.add(started(i));
        }
        balance();
        upstream = new io.fairlead.wire.http.HttpClient(agentLoops, ClientConfig.DEFAULT);
        connectAgent();
    }

    private void connectAgent() {
        channel = AgentChannel.open(
                KasAddress.parse("grpc://127.0.0.1:" + balancer.port()),
                AgentChannelConfig.of("gitlab-agent/test", () -> "secret"),
                agentLoops,
                ConnectionListener.NONE,
                scheduler,
                RandomGenerator.getDefault());
        pool = new TunnelPool(
                channel,
                () -> "secret",
                List.of(new KubernetesApiAgent(
                        upstream,
                        Origin.plain("127.0.0.1", cluster.getAddress().getPort()),
                        "",
                        () -> Optional.of("agents-own"),
                        "gitlab-agent/test",
                        Optional.empty(),
                        Explanations.NONE)),
                KubernetesApiAgent.FEATURES,
                TunnelPool.Limits.DEFAULT,
                scheduler,
                RandomGenerator.getDefault());
        channel.start();
        pool.start();
    }

    @AfterEach
    void close() throws Exception {
        pool.close();
        channel.cut();
        all.forEach(KasApp::close);
        upstream.close();
        balancer.close();
        valkey.close();
        gitlab.stop(0);
        cluster.stop(0);
        client.close();
        scheduler.close();
        agentLoops.close();
        loops.close();
    }

    /** Agents go to the first kas there is. */
    private void balance() {
        balancer.to(all.stream().map(KasApp::agentAddress).toList());
    }

    private HttpRequest request(int kas, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                        + all.get(kas).proxyAddress().orElseThrow().getPort() + path))
                .header("Authorization", "Bearer pat:7:token")
                .timeout(Duration.ofSeconds(40))
                .build();
    }

    private HttpResponse<String> get(int kas, String path) throws Exception {
        return client.send(request(kas, path), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void everyKasReachesTheAgentOfAny() throws Exception {
        for (int kas = 0; kas < KAS; kas++) {
            assertThat(get(kas, "/api/v1/pods?limit=" + kas).body()).isEqualTo("GET /api/v1/pods?limit=" + kas + " 0");
        }
        // Both ways in full, through two kas.
        assertThat(client.send(request(2, "/large"), HttpResponse.BodyHandlers.ofByteArray())
                        .body())
                .isEqualTo(LARGE);
        HttpRequest upload = HttpRequest.newBuilder(request(1, "/up"), (name, value) -> true)
                .POST(HttpRequest.BodyPublishers.ofByteArray(LARGE))
                .build();
        assertThat(client.send(upload, HttpResponse.BodyHandlers.ofString()).body())
                .isEqualTo("POST /up " + LARGE.length);
    }

    @Test
    void rollingRestartFailsNoRequest() throws Exception {
        assertThat(get(2, "/warm").statusCode()).isEqualTo(200);
        Map<Integer, Boolean> out = new ConcurrentHashMap<>();
        List<String> failures = new CopyOnWriteArrayList<>();
        AtomicInteger asked = new AtomicInteger();
        List<Thread> people = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        for (int person = 0; person < 10; person++) {
            int start = person;
            people.add(Thread.ofVirtual().start(() -> {
                int turn = start;
                while (!stop.get()) {
                    turn++;
                    int kas = turn % KAS;
                    if (out.containsKey(kas)) {
                        continue;
                    }
                    try {
                        HttpResponse<String> answer = get(kas, "/n/" + asked.incrementAndGet());
                        if (answer.statusCode() != 200) {
                            failures.add("kas " + kas + ": " + answer.statusCode() + " " + answer.body());
                        }
                        Thread.sleep(50);
                    } catch (Exception e) {
                        failures.add("kas " + kas + ": " + e);
                    }
                }
            }));
        }
        for (int kas = 0; kas < KAS; kas++) {
            // What a balancer does that looks at readiness: nothing new goes there.
            out.put(kas, true);
            all.get(kas).close();
            all.set(kas, started(kas));
            balance();
            out.remove(kas);
            int before = asked.get();
            await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() > before + 60);
        }
        stop.set(true);
        for (Thread person : people) {
            person.join();
        }
        assertThat(failures).isEmpty();
        assertThat(asked.get()).isGreaterThan(180);
    }

    @Test
    void goesOnWhileTheRegistryIsAwayAndFindsAgentsThatMovedMeanwhile() throws Exception {
        for (int kas = 0; kas < KAS; kas++) {
            assertThat(get(kas, "/before").statusCode()).isEqualTo(200);
        }
        valkey.kill();
        assertThat(get(2, "/while").statusCode()).isEqualTo(200);
        // The agent moves from the first kas to the second, and nobody can be told.
        all.get(0).close();
        assertThat(get(2, "/moved").statusCode()).isEqualTo(200);
        valkey.start();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(get(2, "/after").statusCode()).isEqualTo(200));
    }

    @Test
    void aKilledKasBreaksWhatRanThroughItAndNothingElse() throws Exception {
        try (KasProcess doomed = new KasProcess(folder, "doomed", file(9))) {
            List<InetSocketAddress> others =
                    all.stream().map(KasApp::agentAddress).toList();
            balancer.to(List.of(doomed.agentAddress()));
            channel.cut();
            pool.close();
            connectAgent();
            HttpRequest watch = request(1, "/watch");
            HttpResponse<InputStream> watching = client.send(watch, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(watching.statusCode()).isEqualTo(200);
            byte[] first = watching.body().readNBytes(6);
            assertThat(first).asString(StandardCharsets.US_ASCII).isEqualTo("tick 0");

            balancer.to(others);
            doomed.kill();
            // Not an end that looks whole: whoever watches begins anew.
            assertThatThrownBy(() -> watching.body().readAllBytes()).isInstanceOf(IOException.class);
            long killed = System.nanoTime();
            for (int kas = KAS - 1; kas >= 0; kas--) {
                assertThat(get(kas, "/again").body()).isEqualTo("GET /again 0");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
            try (InputStream resumed = client.send(watch, HttpResponse.BodyHandlers.ofInputStream())
                    .body()) {
                assertThat(resumed.readNBytes(6))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("tick 0");
            }
        }
    }

    private Path file(int number) throws Exception {
        Path secret =
                Files.writeString(folder.resolve("secret"), Base64.getEncoder().encodeToString(new byte[32]));
        return Files.writeString(folder.resolve("kas-" + number + ".yaml"), """
                gitlab: {address: "http://127.0.0.1:%d", authentication_secret_file: "%s"}
                agent:
                  listen: {address: "127.0.0.1:0", listen_grace_period: 200ms}
                  kubernetes_api:
                    listen: {address: "127.0.0.1:0", listen_grace_period: 200ms, shutdown_grace_period: 25s}
                api: {listen: {address: "127.0.0.1:0", authentication_secret_file: "%s"}}
                private_api: {listen: {address: "127.0.0.1:0", authentication_secret_file: "%s"}}
                redis: {server: {address: "127.0.0.1:%d"}}
                observability: {listen: {address: "127.0.0.1:0"}}
                """.formatted(
                        gitlab.getAddress().getPort(), secret, secret, secret, valkey.port()));
    }

    private KasApp started(int number) throws Exception {
        Path file = file(number);
        KasApp kas = new KasApp(
                ConfigLoader.load(ConfigInput.of(Optional.of(file), new Environment(Map.of())), KasConfig::read)
                        .value(),
                loops);
        kas.start();
        return kas;
    }
}
