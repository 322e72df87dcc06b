package io.fairlead.apps.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.apps.agentk.AgentkApp;
import io.fairlead.apps.agentk.AgentkArguments;
import io.fairlead.apps.agentk.AgentkOptions;
import io.fairlead.base.env.Environment;
import io.fairlead.base.net.Addresses;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.base.tls.TrustedCertificates;
import io.fairlead.cli.FairleadCommand;
import io.fairlead.cli.output.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole server on free ports, spoken to as its users do. */
class ServerAppTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private HttpServer cluster;
    private ServerApp server = new ServerApp(config(Path.of("unset")));

    @BeforeEach
    void start() throws Exception {
        cluster = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cluster.start();
        server = new ServerApp(config(folder.resolve("data")));
        server.start();
        server.ready().write(folder.resolve("data").resolve("ready.json"));
    }

    @AfterEach
    void stop() {
        server.close();
        cluster.stop(0);
    }

    @Test
    void servesTheForgeAndTheProxyBehindOneCertificateOfItsOwn() throws Exception {
        ReadyFile ready = server.ready();
        HttpClient client = HttpClient.newBuilder()
                .sslContext(TrustedCertificates.with(Path.of(ready.caFile().orElseThrow())))
                .build();

        HttpResponse<String> forge = get(client, ready.url().orElseThrow() + "/api/v4/projects");
        HttpResponse<String> proxy = get(client, ready.k8sProxyUrl().orElseThrow() + "api/v1/pods");
        HttpResponse<String> metrics = get(client, ready.observabilityUrl().orElseThrow() + "/metrics");
        client.close();

        assertThat(forge.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(proxy.statusCode()).isEqualTo(401);
        assertThat(proxy.headers().firstValue("Gitlab-Unauthorized")).contains("true");
        assertThat(proxy.body()).contains("\"kind\":\"Status\"");
        assertThat(metrics.body()).contains("connected_agents_count 0");
    }

    @Test
    void takesAnAgentThatWasCreatedByCommandLine() throws Exception {
        try (AgentkApp agent = connectedAgent();
                HttpClient client = HttpClient.newHttpClient()) {
            assertThat(get(client, "http://" + Addresses.reachable(agent.observabilityAddress()) + "/readiness")
                            .statusCode())
                    .isEqualTo(200);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(get(
                                            client,
                                            server.ready().observabilityUrl().orElseThrow() + "/metrics")
                                    .body())
                            .contains("connected_agents_count 1"));
        }
    }

    /** Its connection never ends by itself: a server that only waits for that waits as long as it ever may. */
    @Test
    void sendsItsAgentsAwayWhenItStops() throws Exception {
        try (AgentkApp agent = connectedAgent()) {
            assertThat(agent.observabilityAddress().getPort()).isPositive();
            long begunNanos = System.nanoTime();
            server.close();
            assertThat(Duration.ofNanos(System.nanoTime() - begunNanos)).isLessThan(Duration.ofSeconds(8));
        }
    }

    /** An agent that has registered through the public listener. */
    private AgentkApp connectedAgent() throws Exception {
        Path kubeconfig = Files.writeString(
                folder.resolve("config"), """
                current-context: c
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c}}]
                """.formatted(cluster.getAddress().getPort()));
        assertThat(fairlead("project", "create", "demo")).isZero();
        assertThat(fairlead("agent", "create", "root/demo:test")).isZero();
        Path token = folder.resolve("token");
        assertThat(fairlead("agent", "token", "root/demo:test", "--file", token.toString()))
                .isZero();
        Path readyFile = folder.resolve("agentk.json");
        SystemScheduler scheduler = new SystemScheduler("agentk");
        AgentkOptions options = new AgentkOptions(AgentkArguments.parse(List.of(
                "--kas-address=" + server.ready().kasUrl().orElseThrow(),
                "--ca-cert-file=" + server.ready().caFile().orElseThrow(),
                "--token-file=" + token,
                "--kubeconfig=" + kubeconfig,
                "--observability-listen-address=127.0.0.1:0",
                "--ready-file=" + readyFile)));
        Environment environment = new Environment(Map.of());
        AgentkApp agent = new AgentkApp(options.config(environment, scheduler), environment, scheduler);
        agent.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(readyFile));
        return agent;
    }

    private int fairlead(String... arguments) {
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        Environment environment = new Environment(
                Map.of("FAIRLEAD_DATA_DIR", folder.resolve("data").toString()));
        CommandContext context = new CommandContext(
                printed, printed, new ByteArrayInputStream(new byte[0]), environment, Clock.systemUTC());
        return FairleadCommand.execute(FairleadCommand.commandLine(context, Map.of()), arguments);
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static ServerConfig config(Path data) {
        ServerProcessOptions options = CommandLine.populateCommand(
                new ServerProcessOptions(),
                "--https-port=0",
                "--http-port=0",
                "--grpc-port=0",
                "--ssh-port=0",
                "--observability-port=0");
        return options.load(new Environment(Map.of("FAIRLEAD_DATA_DIR", data.toString())))
                .value();
    }
}
