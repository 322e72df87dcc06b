package io.fairlead.apps.forge;

import io.fairlead.base.json.Json;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A forge on free ports with a data folder of its own, and the words tests speak to it with. */
final class RunningForge implements AutoCloseable {
    static final URI EXTERNAL_URL = URI.create("http://fairlead.example:8080");

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(10))
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    final ForgeApp app;
    final String rootToken;

    RunningForge(Path dataDir) throws Exception {
        this(ForgeConfig.loopback(dataDir, EXTERNAL_URL));
    }

    RunningForge(ForgeConfig config) throws Exception {
        this(config, Clock.systemUTC());
    }

    RunningForge(ForgeConfig config, Clock clock) throws Exception {
        app = new ForgeApp(TestDatabase.chosen(config), clock);
        app.start();
        rootToken = Files.readString(app.adminTokenFile()).strip();
    }

    /** An answer with its body read as JSON when it is JSON. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            return Json.tree(response.body());
        }

        long id() {
            if (!json().path("id").isNumber()) {
                throw new AssertionError("no id in the answer " + status + ": " + response.body());
            }
            return json().get("id").asLong();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + app.httpAddress().getPort() + path;
    }

    /** A request with a personal access token; {@code form} is the body, empty for none. */
    Answer call(String method, String path, String token, String form) {
        return send(method, path, Map.of("PRIVATE-TOKEN", token), form);
    }

    Answer get(String path) {
        return call("GET", path, rootToken, "");
    }

    Answer post(String path, String form) {
        return call("POST", path, rootToken, form);
    }

    Answer delete(String path) {
        return call("DELETE", path, rootToken, "");
    }

    Answer send(String method, String path, Map<String, String> headers, String form) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)))
                .timeout(Duration.ofSeconds(60))
                .method(method, form.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(form));
        if (!form.isEmpty() && !headers.containsKey("Content-Type")) {
            boolean json = form.startsWith("{") || form.startsWith("[");
            request.header("Content-Type", json ? "application/json" : "application/x-www-form-urlencoded");
        }
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new AssertionError("the forge did not answer to " + method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A request signed as kas signs, with an agent's token when there is one. */
    Answer kas(String method, String path, @Nullable String agentToken, String body) throws IOException {
        Map<String, String> headers = agentToken == null
                ? Map.of("Gitlab-Kas-Api-Request", kasJwt())
                : Map.of("Gitlab-Kas-Api-Request", kasJwt(), "Gitlab-Agent-Api-Request", agentToken);
        return send(method, path, headers, body);
    }

    String kasJwt() throws IOException {
        return new KasJwt(KasSecret.read(app.kasSecretFile()), Clock.systemUTC()).fromKasToGitLab();
    }

    /** Adds a person and gives them a token with these scopes. */
    String personWithToken(String username, String... scopes) {
        Answer user = post("/api/v4/users", "username=" + username + "&name=" + username + "&email=" + username + "@x");
        if (user.status() != 201) {
            throw new AssertionError("no user: " + user.response().body());
        }
        return tokenOf(user.id(), scopes);
    }

    String tokenOf(long userId, String... scopes) {
        StringBuilder form = new StringBuilder("name=test");
        for (String scope : scopes) {
            form.append("&scopes[]=").append(scope);
        }
        Answer token = post("/api/v4/users/" + userId + "/personal_access_tokens", form.toString());
        return token.json().get("token").asString();
    }

    long userId(String username) {
        return get("/api/v4/users?username=" + username).json().get(0).get("id").asLong();
    }

    /** Adds a project of root's. */
    long project(String name) {
        return post("/api/v4/projects", "name=" + name).id();
    }

    long agent(long projectId, String name) {
        return post("/api/v4/projects/" + projectId + "/cluster_agents", "name=" + name)
                .id();
    }

    /** Commits the agent's {@code config.yaml} to the project's {@code main}; an empty text deletes it. */
    Answer configure(long projectId, String agentName, String yaml) {
        String file = "/api/v4/projects/" + projectId + "/repository/files/"
                + URLEncoder.encode(".gitlab/agents/" + agentName + "/config.yaml", StandardCharsets.UTF_8);
        String form = "branch=main&commit_message=c&content=" + URLEncoder.encode(yaml, StandardCharsets.UTF_8);
        if (yaml.isEmpty()) {
            return call("DELETE", file, rootToken, form);
        }
        Answer updated = call("PUT", file, rootToken, form);
        return updated.status() == 200 ? updated : post(file, form);
    }

    String agentToken(long projectId, long agentId) {
        return post("/api/v4/projects/" + projectId + "/cluster_agents/" + agentId + "/tokens", "name=t")
                .json()
                .get("token")
                .asString();
    }

    @Override
    public void close() throws Exception {
        client.close();
        app.close();
    }
}
