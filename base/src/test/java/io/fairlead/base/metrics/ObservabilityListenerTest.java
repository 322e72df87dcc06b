package io.fairlead.base.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.version.Version;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservabilityListenerTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Readiness readiness = new Readiness("agent listener");
    private final ObservabilityListener listener = listener(ObservabilityConfig.on("127.0.0.1:0"));
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        ProcessMetrics.register(registry, new Version("1.2.3", "abc"));
        listener.start();
    }

    @AfterEach
    void stop() {
        listener.close();
        client.close();
    }

    @Test
    void showsMetricsAsText() throws Exception {
        HttpResponse<String> answer = get("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(answer.headers().firstValue("Server")).contains("sample/v1");
        assertThat(answer.body())
                .contains("fairlead_build_info{commit=\"abc\",version=\"1.2.3\"} 1")
                .containsPattern("process_resident_memory_bytes [1-9]");
    }

    @Test
    void isNotReadyUntilEveryPartIs() throws Exception {
        assertThat(get("/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/readiness").statusCode()).isEqualTo(500);
        assertThat(get("/readiness").body()).isEqualTo("not ready: agent listener has not started\n");

        readiness.ready("agent listener");

        assertThat(get("/readiness").statusCode()).isEqualTo(200);
    }

    @Test
    void refusesAnotherPathAndAnotherMethod() throws Exception {
        assertThat(get("/other").statusCode()).isEqualTo(404);
        HttpRequest post =
                request("/metrics").POST(HttpRequest.BodyPublishers.noBody()).build();
        assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void namesTheAddressThatIsTaken() {
        ObservabilityListener second = listener(
                ObservabilityConfig.on("127.0.0.1:" + listener.address().getPort()));

        assertThatThrownBy(second::start)
                .isInstanceOf(FairleadException.class)
                .hasMessageContaining(String.valueOf(listener.address().getPort()));
        second.close();
    }

    private ObservabilityListener listener(ObservabilityConfig config) {
        return new ObservabilityListener(config, Optional.empty(), registry, readiness, "sample/v1");
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + listener.address().getPort() + path));
    }
}
