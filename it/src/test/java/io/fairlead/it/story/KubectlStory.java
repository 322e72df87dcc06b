package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Command;
import io.fairlead.testing.process.Finished;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything kubectl does to a cluster works through the line as it does direct, for three generations of kubectl. */
@Tag("story")
@Tag("kubectl")
class KubectlStory {
    private static final String NAMESPACE = "story-kubectl";
    private static final int COPIED_BYTES = 5 << 20;
    private static final int FORWARDED_BYTES = 4 << 20;
    private static final String OBJECTS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: story-kubectl}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: story-kubectl}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: box, namespace: story-kubectl, labels: {app: box}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: box
                image: fairlead.local/busybox:1
                command: [sh, -c, "nc -ll -p 9000 -e cat & exec sleep 7200"]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: echo, namespace: story-kubectl}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: echo, image: "fairlead.local/busybox:1", command: [cat], stdin: true}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: teller, namespace: story-kubectl}
            spec:
              terminationGracePeriodSeconds: 0
              restartPolicy: Never
              containers:
              - name: teller
                image: fairlead.local/busybox:1
                command: [sh, -c, "i=0; while [ $i -lt 2000 ]; do echo line $i of the tale; i=$((i+1)); done; sleep 1"]
            """;

    private static Scenery scenery;

    @BeforeAll
    static void open() {
        scenery = Scenery.open("kubectl");
        Kubectl admin = scenery.direct("kubectl");
        admin.apply(OBJECTS);
        admin.ask("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/box", "pod/echo", "--timeout=60s");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.figures("3 kubectls, " + Both.compared() + " comparisons with going direct, all equal");
            scenery.direct("kubectl").run("delete", "namespace", NAMESPACE, "--wait=false");
            scenery.close();
        }
    }

    static Stream<String> kubectls() {
        return Scenery.kubectls();
    }

    private static Both both(String kubectl) {
        return new Both(scenery.direct(kubectl), scenery.through(kubectl));
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void discoversAndExplains(String kubectl) {
        Both both = both(kubectl);
        both.works("api-resources", "-o", "wide");
        both.works("api-versions");
        both.works("explain", "pod.spec.containers.resources");
        both.works("explain", "deployment", "--recursive");
        both.works("version", "-o", "json");
        both.same(way -> way.raw("/")).orFail();
        both.same(way -> way.raw("/apis")).orFail();
        both.same(way -> way.raw("/openapi/v3")).orFail();
        both.equal(
                "OpenAPI v2, megabytes of it",
                scenery.direct(kubectl).raw("/openapi/v2").ask(),
                scenery.through(kubectl).raw("/openapi/v2").ask());
        both.works("cluster-info", "dump", "--namespaces", "no-such-namespace");
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void readsObjects(String kubectl) {
        Both both = both(kubectl);
        both.works("get", "pods", "-n", NAMESPACE);
        both.works("get", "pods", "-n", NAMESPACE, "-o", "wide");
        both.works("get", "pod", "box", "-n", NAMESPACE, "-o", "yaml");
        both.works("get", "pods", "-n", NAMESPACE, "-o", "json", "-l", "app=box");
        both.works("get", "pods", "-n", NAMESPACE, "-o", "jsonpath={.items[*].metadata.name}");
        both.works("get", "nodes");
        both.works("get", "clusterroles", "--chunk-size=20");
        both.works("describe", "pod", "box", "-n", NAMESPACE);
        both.works("auth", "can-i", "delete", "nodes");
        both.works("auth", "whoami");
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void reportsErrorsAsTheServerWordsThem(String kubectl) {
        Both both = both(kubectl);
        assertThat(both.same("get", "pod", "nobody", "-n", NAMESPACE).code()).isEqualTo(1);
        assertThat(both.same("get", "unheardofs").code()).isEqualTo(1);
        assertThat(both.same(way -> way.raw("/no/such/path")).code()).isEqualTo(1);
        assertThat(both.same("exec", "-n", NAMESPACE, "box", "--", "no-such-program")
                        .code())
                .isNotZero();
        assertThat(both.same("logs", "-n", NAMESPACE, "box", "-c", "nobody").code())
                .isEqualTo(1);
        assertThat(both.same("delete", "configmap", "nobody", "-n", NAMESPACE).code())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void changesObjects(String kubectl) {
        Both both = both(kubectl);
        both.same(way -> way.command("apply", "-n", NAMESPACE, "-f", "-").input(map(way, "one")))
                .orFail();
        both.same(way -> way.command("apply", "-n", NAMESPACE, "-f", "-").input(map(way, "two")))
                .orFail();
        both.same(way -> way.command("apply", "-n", NAMESPACE, "-f", "-").input(map(way, "two")))
                .orFail();
        both.same(way -> way.command("diff", "-n", NAMESPACE, "-f", "-").input(map(way, "two")))
                .orFail();
        both.same(way -> way.command("get", "configmap", name(way), "-n", NAMESPACE, "-o", "jsonpath={.data}"))
                .orFail();
        both.same(way -> way.command("annotate", "configmap", name(way), "-n", NAMESPACE, "story=kubectl"))
                .orFail();
        both.same(way ->
                        way.command("patch", "configmap", name(way), "-n", NAMESPACE, "-p", "{\"data\":{\"c\":\"3\"}}"))
                .orFail();
        both.same(way -> way.command("delete", "configmap", name(way), "-n", NAMESPACE))
                .orFail();
        both.same(way -> way.command("wait", "--for=delete", "configmap/" + name(way), "-n", NAMESPACE))
                .orFail();
        both.same(way -> way.command("apply", "--server-side", "-n", NAMESPACE, "-f", "-")
                        .input(map(way, "three")))
                .orFail();
        both.same(way -> way.command("apply", "--server-side", "--field-manager=other", "-n", NAMESPACE, "-f", "-")
                .input(map(way, "conflict")));
        both.same(way -> way.command("replace", "-n", NAMESPACE, "-f", "-").input(map(way, "four")))
                .orFail();
        both.same(way -> way.command("delete", "configmap", name(way), "-n", NAMESPACE))
                .orFail();
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void followsLogsToTheirEnd(String kubectl) {
        Both both = both(kubectl);
        String tale = both.works("logs", "-f", "-n", NAMESPACE, "teller").text();
        assertThat(tale.lines()).hasSize(2000);
        both.works("logs", "-n", NAMESPACE, "teller", "--tail=5", "--timestamps=false");
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void watches(String kubectl) throws IOException {
        Path folder = Files.createTempDirectory(scenery.line().folder(), "watch");
        Kubectl admin = scenery.direct("kubectl");
        try (Background direct = watch(scenery.direct(kubectl), folder.resolve("direct"));
                Background through = watch(scenery.through(kubectl), folder.resolve("through"))) {
            // A watch that has begun shows the object that all of them see first.
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() -> lines(direct).contains("kube-root-ca.crt")
                            && lines(through).contains("kube-root-ca.crt"));
            for (int i = 0; i < 20; i++) {
                admin.ask("create", "configmap", "watched-" + i, "-n", NAMESPACE);
            }
            admin.ask("delete", "configmap", "-n", NAMESPACE, "watched-7");
            await().atMost(10, TimeUnit.SECONDS)
                    .until(() ->
                            lines(direct).contains("DELETED") && lines(direct).equals(lines(through)));
            both(kubectl).equal("what the watch saw", lines(direct), lines(through));
        } finally {
            String[] delete = Stream.concat(
                            Stream.of("delete", "configmap", "--ignore-not-found", "-n", NAMESPACE),
                            Stream.iterate(0, i -> i + 1).limit(20).map(i -> "watched-" + i))
                    .toArray(String[]::new);
            admin.ask(delete);
        }
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void executes(String kubectl) {
        Both both = both(kubectl);
        both.works("exec", "-n", NAMESPACE, "box", "--", "sh", "-c", "echo out; ls /");
        assertThat(both.same("exec", "-n", NAMESPACE, "box", "--", "sh", "-c", "echo oops >&2; exit 42")
                        .code())
                .isEqualTo(42);
        byte[] input = random(COPIED_BYTES);
        both.same(way -> way.command("exec", "-i", "-n", NAMESPACE, "box", "--", "sha256sum")
                        .input(input))
                .orFail();
        both.same(way -> way.command("exec", "-i", "-n", NAMESPACE, "box", "--", "cat")
                        .input("first\nlast"))
                .orFail();
        // A terminal of its own: what the shell sees, and the line ends it makes.
        String session = "test -t 0 && test -t 1 && printf 'a\\nb\\n'; exit 3";
        both.same(way -> {
            String typed = way.program() + " exec -it -n " + NAMESPACE + " box -- sh -c \"" + session + "\"";
            return Command.of("script", "-qec", typed, "/dev/null")
                    .env("KUBECONFIG", way.kubeconfig().toString())
                    .env("TERM", "xterm");
        });
    }

    /** WebSocket where kubectl prefers it (since 1.31), natively, without a second try by SPDY; the API server's own words. */
    @ParameterizedTest
    @MethodSource("kubectls")
    void executesOverTheProtocolThatItPrefers(String kubectl) {
        assumeTrue(Scenery.ownsCluster());
        Kubectl through = scenery.through(kubectl);
        boolean webSocket = through.minorVersion() >= 31;
        String mark = "protocol-" + through.minorVersion() + "-" + System.nanoTime();
        Finished run = through.run("exec", "-v=8", "-n", NAMESPACE, "box", "--", "echo", mark);
        assertThat(run.orFail().text()).contains(mark);
        assertThat(run.err()).contains(webSocket ? "v5.channel.k8s.io" : "v4.channel.k8s.io");
        // A WebSocket begins with GET, kubectl's SPDY with POST, which the log calls create.
        assertThat(AuditLog.entries(scenery.direct("kubectl"), mark))
                .isNotEmpty()
                .allMatch(entry -> entry.contains(webSocket ? "\"verb\":\"get\"" : "\"verb\":\"create\"")
                        && entry.contains("\"code\":101"));
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void copiesBothWays(String kubectl) throws IOException {
        Path folder = Files.createTempDirectory(scenery.line().folder(), "copy");
        byte[] content = random(COPIED_BYTES);
        Files.write(folder.resolve("up"), content);
        Kubectl through = scenery.through(kubectl);
        through.ask("cp", "-n", NAMESPACE, folder.resolve("up").toString(), "box:/tmp/copied");
        String hash = through.ask("exec", "-n", NAMESPACE, "box", "--", "sha256sum", "/tmp/copied");
        both(kubectl)
                .equal(
                        "hash in the pod",
                        Command.of("sha256sum").input(content).ask().split(" ")[0],
                        hash.split(" ")[0]);
        through.ask(
                "cp", "-n", NAMESPACE, "box:/tmp/copied", folder.resolve("down").toString());
        both(kubectl).equal("bytes back", -1L, Files.mismatch(folder.resolve("up"), folder.resolve("down")));
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void attaches(String kubectl) throws IOException {
        Process attached = scenery.through(kubectl)
                .command("attach", "-i", "-q", "-n", NAMESPACE, "echo")
                .startPiped();
        try (OutputStream in = attached.getOutputStream();
                InputStream out = attached.getInputStream()) {
            in.write("hello there\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            byte[] answer = out.readNBytes("hello there\n".length());
            both(kubectl).equal("echo", "hello there\n", new String(answer, StandardCharsets.UTF_8));
            attached.destroyForcibly();
        }
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void forwardsPorts(String kubectl) throws Exception {
        byte[] sent = random(FORWARDED_BYTES);
        try (Background forward = scenery.through(kubectl)
                        .command("port-forward", "-n", NAMESPACE, "pod/box", ":9000")
                        .start(Files.createTempFile(scenery.line().folder(), "forward", ".log"));
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), port(forward, "127.0.0.1:(\\d+) -> 9000"))) {
            socket.setSoTimeout(30_000);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    socket.getOutputStream().write(sent);
                } catch (IOException e) {
                    // The reader below sees that bytes are missing.
                }
            });
            byte[] back = socket.getInputStream().readNBytes(sent.length);
            writer.join(Duration.ofSeconds(10));
            assertThat(back).isEqualTo(sent);
            both(kubectl).equal("bytes through the port", sent.length, back.length);
        }
    }

    @ParameterizedTest
    @MethodSource("kubectls")
    void servesItsOwnProxy(String kubectl) throws Exception {
        try (Background proxy = scenery.through(kubectl)
                        .command("proxy", "--port=0", "--append-server-path")
                        .start(Files.createTempFile(scenery.line().folder(), "proxy", ".log"));
                // By default this client offers HTTP/2 in an Upgrade header, which kubectl's proxy takes for a stream.
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            int port = port(proxy, "127.0.0.1:(\\d+)");
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/namespaces/" + NAMESPACE))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            both(kubectl)
                    .equal(
                            "object by kubectl's proxy",
                            scenery.direct(kubectl).ask("get", "--raw", "/api/v1/namespaces/" + NAMESPACE),
                            answer.body().strip());
        }
    }

    private static Background watch(Kubectl kubectl, Path log) {
        return kubectl.command("get", "configmaps", "-n", NAMESPACE, "-w", "--output-watch-events", "--no-headers")
                .start(log);
    }

    private static String lines(Background watch) {
        try {
            return Both.settle(Files.readString(watch.log()));
        } catch (IOException e) {
            return "";
        }
    }

    private static int port(Background program, String pattern) {
        Pattern line = Pattern.compile(pattern);
        await().atMost(20, TimeUnit.SECONDS)
                .until(() -> line.matcher(program.logEnd()).find());
        Matcher found = line.matcher(program.logEnd());
        assertThat(found.find()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private static String name(Kubectl way) {
        return way.kubeconfig().equals(scenery.admin()) ? "direct-side" : "through-side";
    }

    private static String map(Kubectl way, String value) {
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name(way) + "}\ndata: {a: \"1\", b: " + value
                + "}\n";
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(42).nextBytes(content);
        return content;
    }
}
