package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.json.Json;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.ProcessFigures;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Wrong tokens, wrong agents, wrong paths, smuggled headers, and noise on every port: each gets a clear answer, nothing of
 * it reaches the API server (its audit log says so), and nothing of it stays open.
 */
@Tag("story")
@Tag("bad-input")
class BadInputStory {
    /** In every request that must not cross; the audit log is searched for it at the end. */
    private static final String MARK = "badinput" + ProcessHandle.current().pid();

    private static Scenery scenery;
    private static Caller caller;
    private static RawHttp proxy;
    private static String prefix = "";
    /** Those whose refusal was seen. */
    private static long refused;
    /** Those that were only to be outlived, whatever came back. */
    private static long outlived;

    private static ProcessFigures server;
    private static SortedMap<String, Long> descriptorsBefore;
    private static long threadsBefore;

    @BeforeAll
    static void open() throws IOException {
        // Answers about credentials are kept for a second, so that the story need not wait for a minute.
        Path configuration = Files.createTempFile("fairlead", ".yaml");
        Files.writeString(configuration, """
                agent:
                  info_cache_ttl: 1s
                  info_cache_error_ttl: 1s
                  kubernetes_api:
                    allowed_agent_cache_ttl: 1s
                    allowed_agent_cache_error_ttl: 1s
                """);
        scenery = Scenery.open("bad-input", "--configuration-file", configuration.toString());
        caller = new Caller(scenery.line());
        proxy = RawHttp.to(scenery.line().proxyUrl(), scenery.line().caFile());
        prefix = scenery.line().proxyUrl().replaceFirst("^https://[^/]+", "");
        server = scenery.line().server().process().figures();
        // Once before we count: selectors and pools are opened when first needed and kept; what stays of each input is
        // not.
        assertStatus(caller.get("/version", "Bearer pat:1:glpat-wrong"), 401);
        throwNoise();
        caller.get("/version");
        descriptorsBefore = server.descriptorsByTarget();
        threadsBefore = server.threads();
    }

    /** Last of all: nothing crossed, nothing stayed, and the line still works. */
    @AfterAll
    static void close() throws IOException {
        if (scenery == null) {
            return;
        }
        try {
            assertThat(caller.get("/api/v1/namespaces/default").passed()).isTrue();
            await().atMost(15, TimeUnit.SECONDS).untilAsserted(() -> {
                Map<String, Long> opened = opened();
                assertThat(opened.values().stream().mapToLong(Long::longValue).sum())
                        .as("what is open that was not: %s", opened)
                        .isLessThanOrEqualTo(4);
                assertThat(server.threads()).isLessThanOrEqualTo(threadsBefore + 12);
            });
            String crossed = "whether any crossed was not seen, the cluster is not ours";
            if (Scenery.ownsCluster()) {
                List<String> entries = AuditLog.entries(scenery.direct("kubectl"), MARK);
                assertThat(entries).isEmpty();
                crossed = entries.size() + " crossed";
            }
            scenery.figures("%d bad inputs refused, %d bursts of noise outlived, %s, sockets %d before and %d after"
                    .formatted(
                            refused,
                            outlived,
                            crossed,
                            descriptorsBefore.get("socket"),
                            server.descriptorsByTarget().get("socket")));
        } finally {
            caller.close();
            scenery.close();
        }
    }

    /**
     * What is open now and was not at first, and how often. The database is left out: it opens a reader when all are busy,
     * four at most, and keeps it.
     */
    private static Map<String, Long> opened() {
        return server.descriptorsByTarget().entrySet().stream()
                .filter(target -> !target.getKey().matches(".*\\.(db|sqlite)(-wal|-shm)?"))
                .map(target -> Map.entry(
                        target.getKey(), target.getValue() - descriptorsBefore.getOrDefault(target.getKey(), 0L)))
                .filter(target -> target.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void refusesWrongCredentials() {
        String id = scenery.line().credential().split(":")[1];
        String token = scenery.line().credential().split(":")[2];
        for (String credential : List.of(
                "Bearer pat:" + id + ":glpat-wrong",
                "Bearer pat:" + id + ":",
                "Bearer ci:" + id + ":" + token,
                "Bearer pat:x:" + token,
                "Bearer pat:-1:" + token,
                "Bearer " + token,
                "Basic cm9vdDpyb290",
                "Bearer")) {
            assertStatus(caller.get("/api/v1/namespaces/" + MARK, credential), 401);
        }
        assertThat(caller.get("/api/v1/namespaces/" + MARK, "Bearer pat:" + id + ":glpat-wrong")
                        .body())
                .doesNotContain("glpat-wrong");
    }

    @Test
    void refusesUnknownAgentsAndThoseOfOtherProjects() {
        String token = scenery.line().credential().split(":")[2];
        assertStatus(caller.get("/api/v1/namespaces/" + MARK, "Bearer pat:987654:" + token), 401, 403, 404);
        JsonNode project = Json.tree(scenery.line()
                .server()
                .command("project", "create", "closed", "--output", "json")
                .ask());
        JsonNode agent = Json.tree(scenery.line()
                .server()
                .command(
                        "agent",
                        "create",
                        project.path("path_with_namespace").asString() + ":closed",
                        "--output",
                        "json")
                .ask());
        long other = agent.path("id").asLong();
        assertStatus(caller.get("/api/v1/namespaces/" + MARK, "Bearer pat:" + other + ":" + token), 401, 403, 404);
    }

    @Test
    void forgetsARevokedTokenWhenItsAnswerHasAged() {
        Path file = scenery.line().folder().resolve("revoked.kubeconfig");
        scenery.line()
                .server()
                .command("agent", "kubeconfig", scenery.line().agentName(), "--static-token", "--file", file.toString())
                .ask();
        Kubectl kubectl = new Kubectl("kubectl", file);
        kubectl.ask("get", "namespace", "default");
        String secret = read(file).replaceAll("(?s).*pat:\\d+:([A-Za-z0-9_.-]+).*", "$1");
        String api = scenery.line().server().ready().url().orElseThrow() + "/api/v4/personal_access_tokens";
        JsonNode tokens = Json.tree(curl(api).ask());
        String newest = tokens.valueStream()
                .max(java.util.Comparator.comparingLong(
                        token -> token.path("id").asLong()))
                .orElseThrow()
                .path("id")
                .asString();
        curl(api + "/" + newest).plus("-X", "DELETE").ask();
        await().atMost(5, TimeUnit.SECONDS)
                .until(() -> !kubectl.run("get", "namespace", "default").succeeded());
        String id = scenery.line().credential().split(":")[1];
        assertStatus(caller.get("/api/v1/namespaces/" + MARK, "Bearer pat:" + id + ":" + secret), 401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/../MARK",
                "/api/v1/%2e%2e/MARK",
                "/api/v1/%2E./MARK",
                "/api//v1/namespaces/MARK",
                "/./api/v1/namespaces/MARK",
                "/api/v1/namespaces/MARK%00",
                "/api/v1/namespaces/MARK%0d%0aX-Smuggled:1",
                "/api/v1/namespaces/MARK%",
                "/api/v1/namespaces/MARK%zz",
                "/api/v1/namespaces/MARK\\..\\x",
                "/api/v1/namespaces/MARK%ff%fe"
            })
    void refusesMalformedPaths(String path) {
        String answer = proxy.send("GET " + prefix + path.replace("MARK", MARK) + " HTTP/1.1\r\nHost: x\r\n"
                + authorization() + "Connection: close\r\n\r\n");
        assertThat(answer).as(path).startsWith("HTTP/1.1 400 ");
        refused++;
    }

    static Stream<Arguments> smuggled() {
        return Stream.of(
                Arguments.of(400, "Impersonate-User: system:admin\r\nConnection: Impersonate-User\r\n"),
                Arguments.of(401, "Authorization: Bearer pat:1:x\r\n"),
                Arguments.of(400, "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
                Arguments.of(400, "Content-Length: 5\r\nContent-Length: 6\r\n"),
                Arguments.of(400, "Transfer-Encoding: xchunked\r\n"),
                Arguments.of(400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
                Arguments.of(400, "Content-Length: -5\r\n"),
                Arguments.of(400, "Host: second\r\n"),
                Arguments.of(400, "Upgrade: SPDY/3.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"),
                Arguments.of(400, "Upgrade: SPDY/3.1\r\n"),
                Arguments.of(400, "No colon here\r\n"),
                Arguments.of(400, "X A: b\r\n"),
                Arguments.of(400, "X-Nul: a\0b\r\n"),
                Arguments.of(400, "X-Space : a\r\n"),
                Arguments.of(400, "X-Folded: a\r\n b\r\n"),
                Arguments.of(431, "X-Huge: " + "a".repeat(70_000) + "\r\n"));
    }

    @ParameterizedTest
    @MethodSource("smuggled")
    void refusesHeadersThatCouldBeReadInTwoWays(int status, String headers) {
        String answer = proxy.send("GET " + prefix + "/api/v1/namespaces/" + MARK + " HTTP/1.1\r\nHost: x\r\n"
                + authorization() + headers + "\r\n");
        assertThat(answer).as(headers).startsWith("HTTP/1.1 " + status + " ");
        refused++;
    }

    /** Who a request acts as is decided by the server alone. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Impersonate-User",
                "Impersonate-Group",
                "Impersonate-Uid",
                "Impersonate-Extra-scopes",
                "impersonate-user",
                "IMPERSONATE-GROUP",
                "Impersonate_User",
                "iMpErSoNaTe_gRoUp"
            })
    void neverLetsAClientNameWhoItActsAs(String name) {
        String answer = proxy.send("GET " + prefix + "/apis/authentication.k8s.io/v1 HTTP/1.1\r\nHost: x\r\n"
                + authorization() + name + ": system:masters\r\nConnection: close\r\n\r\n");
        assertThat(answer).as(name).startsWith("HTTP/1.1 400 ");
        refused++;
    }

    @Test
    void refusesALineThatIsTooLong() {
        String answer = proxy.send("GET " + prefix + "/" + MARK + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n"
                + authorization() + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 414 ");
        refused++;
    }

    @Test
    void leavesTooLargeABodyToTheApiServerAndPassesItsAnswerOn() {
        byte[] large = new byte[4 << 20];
        java.util.Arrays.fill(large, (byte) 'a');
        String map =
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"large\"},\"data\":{\"a\":\""
                        + new String(large, StandardCharsets.US_ASCII) + "\"}}";
        Both both = new Both(scenery.direct("kubectl"), scenery.through("kubectl"));
        assertThat(both.same(kubectl -> kubectl.command("create", "-n", "default", "-f", "-")
                                .input(map))
                        .code())
                .isEqualTo(1);
        refused++;
    }

    @Test
    void withstandsNoiseOnEveryPort() throws IOException {
        throwNoise();
        assertThat(caller.get("/api/v1/namespaces/default").passed()).isTrue();
    }

    private static void throwNoise() throws IOException {
        Random random = new Random(7);
        List<RawHttp> ports = ports();
        for (RawHttp port : ports) {
            for (int round = 0; round < 5; round++) {
                byte[] noise = new byte[1 + random.nextInt(4000)];
                random.nextBytes(noise);
                port.throwAt(noise);
                outlived++;
            }
            port.throwAt(latin("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0" + "\377".repeat(64)));
            port.throwAt(latin("GET / HTTP/1.1\r\n"));
            port.throwAt(latin("\26\3\1\2\0\1\0\1\374\3\3"));
            port.throwAt(
                    latin("POST /gitlab.agent.reverse_tunnel.rpc.ReverseTunnel/Connect HTTP/1.1\r\nHost: x\r\n\r\n"));
            port.throwAt(latin(
                    "GET /-/kubernetes-agent/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bad\r\n\r\n"));
            outlived += 5;
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                idle.add(port.open());
            }
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void tellsAnAgentThatItsTokenIsWrong() throws IOException {
        Path folder = Files.createDirectories(scenery.line().folder().resolve("impostor"));
        Path token = folder.resolve("token");
        Files.writeString(token, "glagent-nobody-knows-this-one");
        try (LineAgent impostor = new LineAgent(
                Checkout.here(),
                scenery.line().agent().kasAddress(),
                token,
                scenery.line().caFile(),
                scenery.admin(),
                folder)) {
            impostor.launch();
            await().atMost(15, TimeUnit.SECONDS)
                    .until(() -> impostor.process()
                            .logEnd()
                            .toLowerCase(java.util.Locale.ROOT)
                            .contains("token"));
            assertThat(impostor.process().logEnd()).doesNotContain("glagent-nobody-knows-this-one");
            assertThat(impostor.ready()).isEmpty();
        }
        refused++;
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<RawHttp> ports() {
        var ready = scenery.line().server().ready();
        Path ca = scenery.line().caFile();
        List<RawHttp> ports = new ArrayList<>();
        for (String url : List.of(
                ready.url().orElseThrow(),
                ready.httpUrl().orElseThrow(),
                ready.observabilityUrl().orElseThrow())) {
            RawHttp real = RawHttp.to(url, ca);
            ports.add(real);
            // And with the wrong idea whether there is TLS.
            if (real.tls()) {
                ports.add(new RawHttp(real.port(), false, ca));
            }
        }
        ready.grpcUrl()
                .ifPresent(url -> ports.add(new RawHttp(RawHttp.to(url, ca).port(), false, ca)));
        scenery.line()
                .agent()
                .ready()
                .flatMap(io.fairlead.base.ready.ReadyFile::observabilityUrl)
                .ifPresent(url -> ports.add(RawHttp.to(url, ca)));
        return ports;
    }

    private static void assertStatus(Caller.Answer answer, Integer... codes) {
        assertThat(answer.code()).as(answer.body()).isIn((Object[]) codes);
        assertThat(answer.statusMessage()).isNotBlank();
        refused++;
    }

    private static String authorization() {
        return "Authorization: Bearer " + scenery.line().credential() + "\r\n";
    }

    private static Command curl(String url) {
        return Command.of(
                        "curl",
                        "-sS",
                        "--fail",
                        "--config",
                        "-",
                        "--cacert",
                        scenery.line().caFile().toString(),
                        url)
                .input("header = \"PRIVATE-TOKEN: " + scenery.line().server().adminToken() + "\"\n");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
