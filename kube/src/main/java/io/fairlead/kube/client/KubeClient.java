package io.fairlead.kube.client;

import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.wire.http.Headers;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.http.RequestHead;
import io.fairlead.wire.http.WholeAnswer;
import java.io.IOException;
import java.time.Duration;

/** What agentk itself asks of its API server, as its own service account. Blocks: for virtual threads. */
public final class KubeClient {
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
        Headers headers = Headers.empty().add("Accept", "application/json").add("User-Agent", userAgent);
        token.current().ifPresent(secret -> headers.add("Authorization", "Bearer " + secret));
        WholeAnswer answer;
        try {
            RequestHead head = new RequestHead("GET", basePath + path, headers);
            answer = WholeAnswer.of(client, server, head, ANSWER_BYTES_MAX, ANSWER_TIMEOUT);
        } catch (IOException e) {
            throw new FairleadException("kube.unreachable", "the API server cannot be asked: " + e.getMessage(), e);
        }
        if (answer.status() != 200) {
            throw new FairleadException(
                    "kube.refused", "the API server " + server + " answered " + answer.status() + " to GET " + path);
        }
        return answer.text();
    }
}
