package io.fairlead.cli.access;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.base.version.Version;
import io.fairlead.cli.forge.BoundedBody;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;

/** The way through kas to an agent and its cluster, as kubectl takes it. */
final class AgentDoor implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final String QUESTIONS = "/apis/explain.fairlead.dev/v1/";

    private final String server;
    private final String bearer;
    private final Runnable whenClosed;
    private final HttpClient client;

    /**
     * A door.
     *
     * @param server the proxy's address
     * @param tls nothing for the certificates that Java trusts
     * @param bearer the credential; a secret
     * @param whenClosed what is done once nothing more is asked
     */
    AgentDoor(String server, Optional<SSLContext> tls, String bearer, Runnable whenClosed) {
        this.server = server.replaceFirst("/+$", "");
        this.bearer = bearer;
        this.whenClosed = whenClosed;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER);
        tls.ifPresent(builder::sslContext);
        client = builder.build();
    }

    /** The agent's own answer to a question such as {@code why?verb=list&resource=pods}. */
    JsonNode ask(String question) {
        HttpResponse<byte[]> answer = send(QUESTIONS + question, "application/json");
        JsonNode json = json(answer).orElseThrow(() -> notExplained(answer.statusCode(), "no JSON"));
        if (json.path("kind").asString("").equals("Explanation")) {
            return json;
        }
        String message = json.path("message").asString("");
        boolean agents = json.at("/details/group").asString("").equals("explain.fairlead.dev")
                && message.startsWith("Fairlead: ");
        if (message.startsWith("GitLab Agent Server: ")) {
            throw new CommandFailure(
                    answer.statusCode() == 401 || answer.statusCode() == 403 ? ExitCode.REFUSED : ExitCode.FAILED,
                    "the hub answered " + answer.statusCode() + ", before the cluster was asked: "
                            + message.substring("GitLab Agent Server: ".length()));
        }
        if (agents) {
            throw new CommandFailure(
                    answer.statusCode() == 403 ? ExitCode.REFUSED : ExitCode.FAILED,
                    message.substring("Fairlead: ".length()));
        }
        throw notExplained(answer.statusCode(), message);
    }

    private static CommandFailure notExplained(int status, String said) {
        return new CommandFailure(
                ExitCode.FAILED,
                "the agent answers no such question (" + status + ", " + said
                        + "): it is GitLab's own or an older one, or it runs with --plain-refusals");
    }

    /** An object of the API server; nothing when it is refused or is not there. */
    Optional<JsonNode> read(String path, String accept) {
        HttpResponse<byte[]> answer = send(path, accept);
        return answer.statusCode() == 200 ? json(answer) : Optional.empty();
    }

    private static Optional<JsonNode> json(HttpResponse<byte[]> answer) {
        try {
            return Optional.of(Json.tree(new String(answer.body(), StandardCharsets.UTF_8)));
        } catch (FairleadException e) {
            return Optional.empty();
        }
    }

    private HttpResponse<byte[]> send(String path, String accept) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + path))
                .timeout(ANSWER_TIMEOUT)
                .header("User-Agent", Version.current().product("fairlead"))
                .header("Accept", accept)
                .header("Authorization", "Bearer " + bearer)
                .build();
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request, head -> new BoundedBody(ANSWER_BYTES_MAX));
        try {
            return coming.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    server + " gave no whole answer within " + ANSWER_TIMEOUT.toSeconds() + " s",
                    e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            ExitCode code = cause instanceof IOException ? ExitCode.UNREACHABLE : ExitCode.FAILED;
            throw new CommandFailure(code, "cannot reach " + server + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted while waiting for " + server, e);
        } finally {
            coming.cancel(true);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        whenClosed.run();
    }
}
