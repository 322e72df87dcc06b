package io.fairlead.cli.forge;

import io.fairlead.base.digest.Sha256;
import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.base.tls.TrustedCertificates;
import io.fairlead.base.version.Version;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The forge's REST API as the commands use it; works with a GitLab too. Every failure is a {@link CommandFailure}. */
public final class ForgeApi implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final int PAGES_MAX = 1000;
    private static final int ANSWER_BYTES_MAX = 16 << 20;

    /**
     * What is waited for and taken of a server.
     *
     * @param answerTimeout from a request to the end of its answer
     * @param answerBytesMax a larger answer is a failure
     * @param pagesMax a list of more pages is a failure
     */
    record Limits(Duration answerTimeout, int answerBytesMax, int pagesMax) {
        static final Limits DEFAULT = new Limits(ANSWER_TIMEOUT, ANSWER_BYTES_MAX, PAGES_MAX);
    }

    private final ServerLocation location;
    private final String token;
    private final Limits limits;
    private final HttpClient client;

    public ForgeApi(ServerLocation location, String token) {
        this(location, token, Limits.DEFAULT);
    }

    ForgeApi(ServerLocation location, String token, Limits limits) {
        this.limits = limits;
        this.location = location;
        this.token = token;
        HttpClient.Builder builder =
                // Else it asks to go on in HTTP/2 where there is no TLS, which servers refuse together with a body.
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER);
        location.caFile().ifPresent(file -> builder.sslContext(TrustedCertificates.with(file)));
        client = builder.build();
    }

    /** A path segment of a URL, with slashes hidden: projects are named by their path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public ServerLocation location() {
        return location;
    }

    /** The header by which git signs in with the token; it is a secret. */
    public String gitAuthorization() {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(("oauth2:" + token).getBytes(StandardCharsets.UTF_8));
    }

    /** Tells one token from another without being one. */
    public String tokenDigest() {
        return Sha256.of(token);
    }

    /** Reads one object; {@code what} names it in the message when it is not there. */
    public JsonNode get(String path, String what) {
        return Json.tree(body(send(request(path).GET(), what)));
    }

    /** Reads one object as a running job. */
    public JsonNode getAsJob(String path, String jobToken, String what) {
        return Json.tree(body(send(plain(path).header("JOB-TOKEN", jobToken).GET(), what)));
    }

    /** Reads a list, all its pages. */
    public List<JsonNode> list(String path, String what) {
        List<JsonNode> all = new ArrayList<>();
        String page = "1";
        for (int i = 0; !page.isEmpty(); i++) {
            if (i == limits.pagesMax()) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        what + " is a list of more than " + limits.pagesMax() + " pages of 100 at " + location.url()
                                + ": nothing was done, for a part of it would look like the whole");
            }
            String separator = path.contains("?") ? "&" : "?";
            HttpResponse<byte[]> answer =
                    send(request(path + separator + "per_page=100&page=" + page).GET(), what);
            Json.tree(body(answer)).forEach(all::add);
            page = answer.headers().firstValue("x-next-page").orElse("");
        }
        return all;
    }

    /** Creates something and returns what the server made of it. */
    public JsonNode post(String path, Map<String, ?> members, String what) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.write(members)));
        return Json.tree(body(send(request, what)));
    }

    /** Changes something and returns what the server made of it. */
    public JsonNode put(String path, Map<String, ?> members, String what) {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(Json.write(members)));
        return Json.tree(body(send(request, what)));
    }

    /** Removes something. */
    public void delete(String path, String what) {
        send(request(path).DELETE(), what);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return plain(path).header("PRIVATE-TOKEN", token);
    }

    private HttpRequest.Builder plain(String path) {
        return HttpRequest.newBuilder(URI.create(location.url() + "/api/v4" + path))
                .timeout(limits.answerTimeout())
                .header("User-Agent", Version.current().product("fairlead"))
                .header("Accept", "application/json");
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, String what) {
        HttpResponse<byte[]> answer;
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request.build(), head -> new BoundedBody(limits.answerBytesMax()));
        try {
            answer = coming.get(limits.answerTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw tooSlow(what, e);
        } catch (ExecutionException e) {
            throw failed(what, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "interrupted while waiting for " + location.url(), e);
        } finally {
            // Ends the exchange when it was given up; nothing to end otherwise.
            coming.cancel(true);
        }
        if (answer.statusCode() >= 200 && answer.statusCode() < 300) {
            return answer;
        }
        throw refusal(answer, what);
    }

    private CommandFailure failed(String what, Throwable cause) {
        return switch (cause) {
            case BoundedBody.TooLarge e ->
                new CommandFailure(ExitCode.FAILED, location.url() + " for " + what + ": " + e.getMessage(), e);
            case HttpTimeoutException e -> tooSlow(what, e);
            case IOException e -> new CommandFailure(ExitCode.UNREACHABLE, unreachable(e), e);
            default -> throw new IllegalStateException("HTTP client failed unexpectedly", cause);
        };
    }

    private CommandFailure tooSlow(String what, Exception e) {
        return new CommandFailure(
                ExitCode.UNREACHABLE,
                location.url() + " gave no whole answer for " + what + " within "
                        + limits.answerTimeout().toSeconds() + " s",
                e);
    }

    private String unreachable(IOException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String advice = why.contains("certification path") || why.contains("certificate")
                ? "; name the certificates to trust with --ca-file"
                : "; is the server running?";
        return "cannot reach " + location.url() + ": " + why + advice;
    }

    private CommandFailure refusal(HttpResponse<byte[]> answer, String what) {
        String said = message(answer).map(text -> ": " + text).orElse("");
        return switch (answer.statusCode()) {
            case 401 ->
                new CommandFailure(
                        ExitCode.REFUSED,
                        "the server does not accept the token (wrong, expired or revoked); sign in again with \"fairlead"
                                + " login " + location.url() + "\", or show another token");
            case 403 -> new CommandFailure(ExitCode.REFUSED, "not allowed: " + what + said);
            case 404 -> new CommandFailure(ExitCode.NOT_FOUND, "not found: " + what + said);
            case 409 -> new CommandFailure(ExitCode.EXISTS, what + " exists already" + said);
            case 400 ->
                said.contains("taken")
                        ? new CommandFailure(ExitCode.EXISTS, what + " exists already" + said)
                        : new CommandFailure(ExitCode.FAILED, "the server refused " + what + said);
            default ->
                new CommandFailure(
                        ExitCode.FAILED, location.url() + " answered " + answer.statusCode() + " for " + what + said);
        };
    }

    /** GitLab says what is wrong in {@code message} or {@code error}: a text, a list or an object. */
    private static Optional<String> message(HttpResponse<byte[]> answer) {
        try {
            JsonNode body = Json.tree(body(answer));
            JsonNode said = body.has("message") ? body.get("message") : body.get("error");
            return Optional.ofNullable(said).map(ForgeApi::sentence);
        } catch (FairleadException e) {
            return Optional.empty();
        }
    }

    /** {@code {"name": ["is taken", "is odd"]}} is "name is taken, is odd". */
    private static String sentence(JsonNode said) {
        if (said.isArray()) {
            return said.valueStream().map(ForgeApi::sentence).collect(Collectors.joining(", "));
        }
        if (said.isObject()) {
            return said.propertyStream()
                    .map(member -> member.getKey() + " " + sentence(member.getValue()))
                    .collect(Collectors.joining("; "));
        }
        return said.asString("");
    }

    private static String body(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
