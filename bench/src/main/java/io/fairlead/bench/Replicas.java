package io.fairlead.bench;

import io.fairlead.base.json.Json;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.testing.line.LineAgent;
import io.fairlead.testing.process.Background;
import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** A forge, three kas that do not know of each other, and an agent at each: seven processes with what they are told. */
final class Replicas implements AutoCloseable {
    private static final int KAS = 3;
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final String CONFIGURATION = "user_access: {access_as: {user: {}}, projects: [{id: root/app}]}\n";

    private final Checkout checkout;
    private final Path folder;
    private final EndlessWatch cluster = new EndlessWatch();
    private final List<AutoCloseable> processes = new ArrayList<>();
    private final List<String> doors = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String forge = "";
    private String adminToken = "";
    private long project;
    private long agent;

    private Replicas(Checkout checkout, Path folder) {
        this.checkout = checkout;
        this.folder = folder;
    }

    static Replicas start(Checkout checkout, Path folder) {
        Replicas replicas = new Replicas(checkout, folder);
        try {
            replicas.start();
            return replicas;
        } catch (IOException e) {
            replicas.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            replicas.close();
            throw e;
        }
    }

    private void start() throws IOException {
        Files.createDirectories(folder);
        ReadyFile ready = process("forge", "--data-dir", folder.resolve("data").toString(), "--gitaly-port", "0");
        forge = ready.httpUrl().orElseThrow();
        adminToken =
                Files.readString(Path.of(ready.adminTokenFile().orElseThrow())).strip();
        project = post("/projects", "{\"name\":\"app\"}").path("id").asLong();
        agent = post("/projects/" + project + "/cluster_agents", "{\"name\":\"edge\"}")
                .path("id")
                .asLong();
        post("/projects/" + project + "/repository/files/.gitlab%2Fagents%2Fedge%2Fconfig.yaml", """
                {"branch": "main", "commit_message": "Let in", "content": %s}""".formatted(
                        Json.write(CONFIGURATION)));
        Path token = Files.writeString(
                folder.resolve("agent.token"),
                post("/projects/" + project + "/cluster_agents/" + agent + "/tokens", "{\"name\":\"t\"}")
                        .path("token")
                        .asString());
        Path upstream = Files.writeString(folder.resolve("kubeconfig"), """
                current-context: c
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                contexts: [{name: c, context: {cluster: c}}]
                """.formatted(cluster.port()));
        // Agents come in clear text here, and are given an authority all the same.
        StandIn.certify(folder);
        for (int i : IntStream.range(0, KAS).toArray()) {
            ReadyFile kas = kas("kas" + i);
            doors.add(kas.k8sProxyUrl().orElseThrow().replaceFirst("/+$", ""));
            LineAgent agentk = new LineAgent(
                    checkout,
                    kas.grpcUrl().or(kas::kasUrl).orElseThrow(),
                    token,
                    folder.resolve("tls.crt"),
                    upstream,
                    Files.createDirectories(folder.resolve("agent" + i)));
            processes.add(agentk);
            agentk.start();
        }
    }

    private ReadyFile process(String name, String... options) throws IOException {
        Path configuration =
                Files.writeString(folder.resolve(name + ".yaml"), "rate_limit: {requests_per_minute: 1000000}\n");
        return started(
                name,
                checkout.fairlead(name, "--configuration-file", configuration.toString())
                        .plus("--http-port", "0", "--ssh-port", "0", "--observability-port", "0")
                        .plus(options));
    }

    private ReadyFile kas(String name) throws IOException {
        Path secret = folder.resolve("data/secrets/gitlab-kas-secret");
        Path configuration = Files.writeString(folder.resolve(name + ".yaml"), """
                gitlab: {address: "%s", authentication_secret_file: "%s"}
                agent:
                  listen: {address: "127.0.0.1:0"}
                  kubernetes_api: {listen: {address: "127.0.0.1:0"}}
                api: {listen: {address: "127.0.0.1:0", authentication_secret_file: "%s"}}
                observability: {listen: {address: "127.0.0.1:0"}}
                """.formatted(forge, secret, secret));
        return started(name, checkout.fairlead("kas", "--configuration-file", configuration.toString()));
    }

    private ReadyFile started(String name, Command command) {
        Path ready = folder.resolve(name + "-ready.json");
        Background process = command.plus("--ready-file", ready.toString()).start(folder.resolve(name + ".log"));
        processes.add(process);
        process.awaitFile(ready, READY_MAX);
        return ReadyFile.read(ready).orElseThrow();
    }

    /** Where the cluster is reached, at each kas; without a slash at the end. */
    List<String> doors() {
        return List.copyOf(doors);
    }

    /** Somebody who may use the cluster. */
    record Person(long tokenId, String credential) {}

    Person person(String name) {
        long id = post("/users", """
                {"username": "%1$s", "name": "%1$s", "email": "%1$s@example.com"}""".formatted(name)).path("id").asLong();
        post("/projects/" + project + "/members", "{\"user_id\":" + id + ",\"access_level\":30}");
        JsonNode token =
                post("/users/" + id + "/personal_access_tokens", "{\"name\":\"t\",\"scopes\":[\"k8s_proxy\"]}");
        return new Person(
                token.path("id").asLong(),
                "pat:" + agent + ":" + token.path("token").asString());
    }

    void revoke(Person person) {
        send("DELETE", "/personal_access_tokens/" + person.tokenId, "");
    }

    private JsonNode post(String path, String body) {
        return Json.tree(send("POST", path, body));
    }

    private String send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(forge + "/api/v4" + path))
                .header("PRIVATE-TOKEN", adminToken)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        for (AutoCloseable process : processes.reversed()) {
            try {
                process.close();
            } catch (Exception e) {
                System.out.println("a process did not end as it should: " + e);
            }
        }
        cluster.close();
    }
}
