package io.fairlead.kube.client;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.WholeAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** What agentk itself asks of its API server, as its own service account. Blocks: for virtual threads. */
public final class KubeClient {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int ANSWER_BYTES_MAX = 8 << 20;
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient client;
    private final Origin server;
    private final String basePath;
    private final BearerToken token;
    private final String userAgent;

    /** @param basePath what the API server's paths begin with, without a slash at its end; usually empty */
    public KubeClient(HttpClient client, Origin server, String basePath, BearerToken token, String userAgent) {
        this.client = client;
        this.server = server;
        this.basePath = basePath;
        this.token = token;
        this.userAgent = userAgent;
    }

    /**
     * Reads one object, as JSON text.
     *
     * @param path begins with a slash
     * @throws FairleadException {@code kube.unreachable} without an answer, {@code kube.refused} with one that is no success
     */
    public String get(String path) throws InterruptedException {
        return success("GET", path, ask("GET", path, "", ""));
    }

    /**
     * Reads what may not be there.
     *
     * @return empty when the API server does not know it
     * @throws FairleadException as {@link #get}
     */
    public Optional<String> find(String path) throws InterruptedException {
        WholeAnswer answer = ask("GET", path, "", "");
        return answer.status() == NOT_FOUND ? Optional.empty() : Optional.of(success("GET", path, answer));
    }

    /**
     * Changes some fields of one object by a JSON merge patch.
     *
     * @return false when it is not there any more
     * @throws FairleadException as {@link #get}
     */
    public boolean mergePatch(String path, String json) throws InterruptedException {
        WholeAnswer answer = ask("PATCH", path, "application/merge-patch+json", json);
        if (answer.status() == NOT_FOUND) {
            return false;
        }
        success("PATCH", path, answer);
        return true;
    }

    /**
     * Makes an object.
     *
     * @param path of its collection
     * @return false when there is one of that name already
     * @throws FairleadException as {@link #get}
     */
    public boolean create(String path, String json) throws InterruptedException {
        return unlessConflict("POST", path, json);
    }

    /**
     * Puts an object in the place of the one whose resourceVersion it has.
     *
     * @return false when somebody else has changed it meanwhile
     * @throws FairleadException as {@link #get}
     */
    public boolean replace(String path, String json) throws InterruptedException {
        return unlessConflict("PUT", path, json);
    }

    private boolean unlessConflict(String method, String path, String json) throws InterruptedException {
        WholeAnswer answer = ask(method, path, "application/json", json);
        if (answer.status() == CONFLICT) {
            return false;
        }
        success(method, path, answer);
        return true;
    }

    private WholeAnswer ask(String method, String path, String bodyType, String body) throws InterruptedException {
        Headers headers = Headers.empty().add("Accept", "application/json").add("User-Agent", userAgent);
        token.current().ifPresent(secret -> headers.add("Authorization", "Bearer " + secret));
        if (!body.isEmpty()) {
            headers.add("Content-Type", bodyType);
        }
        try {
            RequestHead head = new RequestHead(method, basePath + path, headers);
            return WholeAnswer.of(
                    client, server, head, body.getBytes(StandardCharsets.UTF_8), ANSWER_BYTES_MAX, ANSWER_TIMEOUT);
        } catch (IOException e) {
            throw new FairleadException("kube.unreachable", "the API server cannot be asked: " + e.getMessage(), e);
        }
    }

    private String success(String method, String path, WholeAnswer answer) {
        if (answer.status() != OK && answer.status() != CREATED) {
            throw new FairleadException(
                    "kube.refused",
                    "the API server " + server + " answered " + answer.status() + " to " + method + " " + path);
        }
        return answer.text();
    }
}
