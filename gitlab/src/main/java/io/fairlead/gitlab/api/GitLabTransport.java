package io.fairlead.gitlab.api;

import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Sends one request to GitLab, within the limit, with or without retries, and sorts what comes back. */
final class GitLabTransport implements AutoCloseable {
    /** An answer of success; read once and never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Answer(String request, int status, String contentType, byte[] body) {}

    private static final int REASON_CHARS_MAX = 500;
    private static final int REASON_BYTES_MAX = 64 * 1024;

    /** Ours: the part of the limit on calls that is for people and jobs at the door, and the same again for those inside. */
    private static final double PEOPLES_SHARE = 0.375;

    private final GitLabClientConfig config;
    private final RequestLimit limit;
    private final RequestLimit limitOfPeople;
    private final RequestLimit limitOfReviews;
    private final ExecutorService threads;
    private final HttpClient client;

    GitLabTransport(GitLabClientConfig config, Scheduler time) {
        this.config = config;
        this.limit = new RequestLimit(config.callsPerSecond(), config.callsAtOnce(), time);
        this.limitOfPeople = share(config, time);
        this.limitOfReviews = share(config, time);
        this.threads = VirtualThreads.perTask("gitlab-http");
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(GitLabClientConfig.CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(threads)
                // In clear text HTTP/2 would need an upgrade request, which proxies in front of GitLab mishandle.
                .version(
                        "https".equals(config.address().getScheme())
                                ? HttpClient.Version.HTTP_2
                                : HttpClient.Version.HTTP_1_1);
        config.tls().ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    private static RequestLimit share(GitLabClientConfig config, Scheduler time) {
        return new RequestLimit(
                config.callsPerSecond() * PEOPLES_SHARE,
                Math.max(1, (int) (config.callsAtOnce() * PEOPLES_SHARE)),
                time);
    }

    /** A request to {@code path} under GitLab's base URL. */
    HttpRequest.Builder request(String path) {
        String base = config.address().toString();
        String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        return HttpRequest.newBuilder(URI.create(trimmed + path)).header("User-Agent", config.userAgent());
    }

    /** One try. */
    Answer once(CallShare share, HttpRequest request) {
        String name = request.method() + " " + request.uri().getPath();
        HttpResponse<byte[]> response = send(
                share,
                request,
                name,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), GitLabClientConfig.ANSWER_BYTES_MAX));
        int status = response.statusCode();
        if (status == 200 || status == 201 || status == 204) {
            String type = response.headers().firstValue("Content-Type").orElse("absent");
            return new Answer(name, status, type, response.body());
        }
        throw GitLabException.refused(name, status, reason(response, response.body()));
    }

    /** One try at an answer that goes on; its head must come in the usual time. */
    InputStream open(HttpRequest request) {
        String name = request.method() + " " + request.uri().getPath();
        HttpResponse<InputStream> response = send(CallShare.AGENTS, request, name, BodyHandlers.ofInputStream());
        if (response.statusCode() == 200) {
            return response.body();
        }
        try (InputStream body = response.body()) {
            throw GitLabException.refused(
                    name, response.statusCode(), reason(response, body.readNBytes(REASON_BYTES_MAX)));
        } catch (IOException e) {
            throw GitLabException.refused(name, response.statusCode(), "");
        }
    }

    /**
     * Tries again when GitLab is unreachable, broken or busy, {@link GitLabClientConfig#RETRIES} times at most. Each try is
     * a new request, so that its JWT is fresh.
     */
    Answer retrying(CallShare share, Supplier<HttpRequest> request) {
        for (int failures = 1; ; failures++) {
            try {
                return once(share, request.get());
            } catch (GitLabException e) {
                if (failures > GitLabClientConfig.RETRIES || !worthAnotherTry(e)) {
                    throw e;
                }
                pause(GitLabClientConfig.RETRY.afterFailures(failures), e);
            }
        }
    }

    private static boolean worthAnotherTry(GitLabException e) {
        boolean unreachable = e.code().equals("gitlab.unreachable");
        return unreachable || e.status() == 429 || (e.status() >= 500 && e.status() != 501);
    }

    private <T> HttpResponse<T> send(
            CallShare share, HttpRequest request, String name, HttpResponse.BodyHandler<T> body) {
        try {
            if (!mayCall(share)) {
                throw GitLabException.unreachable(name, "too many calls wait already (gitlab.api_rate_limit)", null);
            }
            CompletableFuture<HttpResponse<T>> answer = client.sendAsync(request, body);
            try {
                return answer.get(GitLabClientConfig.ANSWER_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            } finally {
                // Ends the exchange when it was given up; nothing to end otherwise.
                answer.cancel(true);
            }
        } catch (TimeoutException e) {
            throw GitLabException.unreachable(
                    name, "none came within " + GitLabClientConfig.ANSWER_TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof IOException) {
                throw GitLabException.unreachable(name, describe(cause), cause);
            }
            throw new IllegalStateException("HTTP client failed unexpectedly at " + name, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw GitLabException.unreachable(name, "the caller was interrupted", e);
        }
    }

    private boolean mayCall(CallShare share) throws InterruptedException {
        boolean shared = switch (share) {
            case AGENTS -> true;
            case PEOPLE -> within(limitOfPeople, limitOfReviews);
            case REVIEWS -> within(limitOfReviews, limitOfPeople);
        };
        return shared && limit.await(GitLabClientConfig.ANSWER_TIMEOUT);
    }

    /** What the others leave is taken; for what they want themselves nobody waits in their place. */
    private static boolean within(RequestLimit own, RequestLimit others) throws InterruptedException {
        return own.await(Duration.ZERO) || others.await(Duration.ZERO) || own.await(GitLabClientConfig.ANSWER_TIMEOUT);
    }

    private static String describe(Throwable cause) {
        String text = cause.getMessage();
        return text == null || text.isBlank() ? cause.getClass().getSimpleName() : text;
    }

    private static String reason(HttpResponse<?> response, byte[] body) {
        if (!response.headers().firstValue("Content-Type").orElse("").startsWith("application/json")) {
            return "";
        }
        try {
            JsonNode message = GitLabJson.MAPPER.readTree(body).path("message");
            String text = message.isString() ? message.stringValue() : "";
            return text.length() <= REASON_CHARS_MAX ? text : text.substring(0, REASON_CHARS_MAX) + "...";
        } catch (JacksonException e) {
            return "";
        }
    }

    private static void pause(Duration wait, GitLabException before) {
        try {
            Deadline.pause(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw before;
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        threads.shutdownNow();
    }
}
