package io.fairlead.link.flux.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fairlead.base.error.FairleadException;
import io.fairlead.kube.client.KubeClient;
import io.fairlead.wire.http.ClientConfig;
import io.fairlead.wire.http.HttpClient;
import io.fairlead.wire.http.Origin;
import io.fairlead.wire.loop.EventLoops;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real HTTP, answers as an API server gives them. */
class ClusterGitSourcesTest {
    private static final String GROUP = "/apis/source.toolkit.fluxcd.io";

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final EventLoops loops = EventLoops.of(1, "test-sources");
    private final HttpClient client = new HttpClient(loops, ClientConfig.DEFAULT);
    private HttpServer server;
    private ClusterGitSources sources;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String question = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(question
                    + (body.isEmpty() ? "" : " " + exchange.getRequestHeaders().getFirst("Content-Type") + " " + body));
            String answer = answers.get(question);
            byte[] bytes = (answer == null ? "{\"code\":404}" : answer).getBytes(StandardCharsets.UTF_8);
            int status = answer == null ? 404 : answer.equals("403") ? 403 : 200;
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        Origin origin = Origin.plain("127.0.0.1", server.getAddress().getPort());
        sources = new ClusterGitSources(
                new KubeClient(client, origin, "", Optional::empty, "test"),
                InstantSource.fixed(Instant.parse("2026-11-24T10:00:00.123456789Z")));
    }

    @AfterEach
    void stop() throws Exception {
        server.stop(0);
        client.close();
        loops.close();
    }

    private void serve(String preferred, String... versions) {
        StringBuilder list = new StringBuilder();
        for (String version : versions) {
            list.append(list.isEmpty() ? "" : ",")
                    .append("{\"groupVersion\":\"g/%1$s\",\"version\":\"%1$s\"}".formatted(version));
        }
        answers.put(
                "GET " + GROUP,
                "{\"kind\":\"APIGroup\",\"versions\":[%s],\"preferredVersion\":{\"version\":\"%s\"}}"
                        .formatted(list, preferred));
    }

    private static String resources(String... names) {
        StringBuilder list = new StringBuilder();
        for (String name : names) {
            list.append(list.isEmpty() ? "" : ",").append("{\"verbs\":[\"get\"],\"name\":\"" + name + "\"}");
        }
        return "{\"resources\":[" + list + "]}";
    }

    @Test
    void withoutFluxThereAreNone() throws Exception {
        assertThat(sources.list()).isEmpty();
        assertThat(asked).containsExactly("GET " + GROUP);
    }

    @Test
    void readsPageByPageInTheVersionThatIsServed() throws Exception {
        serve("v2", "v2", "v1", "v1beta2");
        answers.put("GET " + GROUP + "/v2", resources("buckets"));
        answers.put("GET " + GROUP + "/v1", resources("buckets", "gitrepositories", "gitrepositories/status"));
        answers.put("GET " + GROUP + "/v1/gitrepositories?limit=100", """
                {"metadata":{"continue":"a/b="},"items":[
                  {"spec":{"url":"https://f/a/b","ref":{"branch":"main"}},"status":{"x":[1,{"url":"no"}]},
                   "metadata":{"labels":{"name":"no"},"name":"one","namespace":"ns"}}]}""");
        answers.put("GET " + GROUP + "/v1/gitrepositories?limit=100&continue=a%2Fb%3D", """
                {"items":[{"metadata":{"name":"two","namespace":"ns"},"spec":{"suspend":true,"url":7}}],"metadata":{}}""");
        assertThat(sources.list())
                .containsExactly(
                        new GitSource("ns", "one", "https://f/a/b", false), new GitSource("ns", "two", "", true));
        asked.clear();
        answers.put("PATCH " + GROUP + "/v1/namespaces/ns/gitrepositories/one", "{}");
        assertThat(sources.reconcile(new GitSource("ns", "one", "", false))).isTrue();
        assertThat(asked)
                .containsExactly("PATCH " + GROUP + "/v1/namespaces/ns/gitrepositories/one application/merge-patch+json"
                        + " {\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":"
                        + "\"2026-11-24T10:00:00.123456789Z\"}}}");
        assertThat(sources.reconcile(new GitSource("ns", "gone", "", false))).isFalse();
    }

    @Test
    void aRefusalNamesWhatWasAsked() {
        serve("v1", "v1");
        answers.put("GET " + GROUP + "/v1", resources("gitrepositories"));
        answers.put("GET " + GROUP + "/v1/gitrepositories?limit=100", "403");
        assertThatThrownBy(() -> sources.list())
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("answered 403 to GET " + GROUP + "/v1/gitrepositories");
    }

    @Test
    void whatIsNoJsonIsSaidSo() {
        answers.put("GET " + GROUP, "<html>");
        assertThatThrownBy(() -> sources.list())
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining("is not JSON");
    }
}
