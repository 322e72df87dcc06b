package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.explanation.Explanations;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which refusals are held back for an explanation, and that nothing else is. */
@ExtendWith(NoLeaks.class)
class ExplainedRefusalTest {
    /** Says of each refusal that it was here, when the test lets it. */
    private static final class Remarks implements Explanations {
        final List<ClusterRequest> refused = new CopyOnWriteArrayList<>();
        volatile CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);

        @Override
        public boolean given() {
            return true;
        }

        @Override
        public CompletionStage<byte[]> explain(ClusterRequest request, byte[] status) {
            refused.add(request);
            String text = new String(status, StandardCharsets.UTF_8) + "explained";
            return ready.thenApply(none -> text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public CompletionStage<Answer> answer(ClusterRequest request) {
            byte[] json = ("answered " + request.path() + request.query()).getBytes(StandardCharsets.UTF_8);
            return ready.thenApply(none -> new Answer(200, json));
        }
    }

    private final Remarks remarks = new Remarks();
    private Line line;

    @BeforeEach
    void open() throws Exception {
        line = new Line("grpc", new ApiServer(), remarks).connected();
    }

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        await().until(() -> line.counters.inFlight() == 0);
        line.close();
        await().until(() -> line.api.open.get() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "halves"})
    void aSmallStatusInJsonIsExplained(String kind) throws Exception {
        try (RawSocket client = line.client()) {
            for (int i = 0; i < 3; i++) {
                RawSocket.Answer answer = client.send(Line.get("/refuse/" + kind + "?limit=5&limit=6"))
                        .readAnswer();
                assertThat(answer.status()).isEqualTo(403);
                assertThat(answer.body()).isEqualTo(ApiServer.REFUSED + "explained");
                assertThat(answer.field("content-type")).isEqualTo("application/json");
            }
        }
        assertThat(remarks.refused.getFirst())
                .isEqualTo(new ClusterRequest(
                        "GET", "/refuse/" + kind, Map.of("limit", List.of("5", "6")), Optional.of(Line.DANA)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yaml", "protobuf", "gzip", "chunked", "large"})
    void anythingElsePassesByteForByte(String kind) throws Exception {
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.get("/refuse/" + kind)).readAnswer();
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body().length())
                    .isEqualTo(ApiServer.REFUSED.length() + (kind.equals("large") ? 20_000 : 0));
            assertThat(answer.body().strip()).isEqualTo(ApiServer.REFUSED);
        }
        assertThat(remarks.refused).isEmpty();
    }

    @Test
    void aHeadHasNothingToExplain() throws Exception {
        try (RawSocket client = line.client()) {
            String head = client.send(Line.request("HEAD", "/refuse/json", "")).readHead();
            assertThat(head)
                    .startsWith("HTTP/1.1 403")
                    .containsIgnoringCase("Content-Length: " + ApiServer.REFUSED.length());
        }
        assertThat(remarks.refused).isEmpty();
    }

    @Test
    void whatAnUploadWasRefusedForIsExplained() throws Exception {
        try (RawSocket client = line.client()) {
            RawSocket.Answer answer = client.send(Line.request("POST", "/refuse/json", "Content-Length: 6\r\n"))
                    .send("little")
                    .readAnswer();
            assertThat(answer.body()).endsWith("explained");
        }
    }

    @Test
    void whoLeavesWhileItIsExplainedLeavesNothing() throws Exception {
        remarks.ready = new CompletableFuture<>();
        try (RawSocket client = line.client()) {
            client.send(Line.get("/refuse/json"));
            await().until(() -> remarks.refused.size() == 1);
        }
        await().until(() -> line.counters.inFlight() == 0);
        remarks.ready.complete(null);
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get("/refuse/json")).readAnswer().body())
                    .endsWith("explained");
        }
    }

    @Test
    void otherRequestsPassWhileOneIsExplained() throws Exception {
        remarks.ready = new CompletableFuture<>();
        try (RawSocket refused = line.client();
                RawSocket other = line.client()) {
            refused.send(Line.get("/refuse/json"));
            await().until(() -> remarks.refused.size() == 1);
            assertThat(other.send(Line.get("/api/v1/pods")).readAnswer().status())
                    .isEqualTo(200);
            remarks.ready.complete(null);
            assertThat(refused.readAnswer().body()).endsWith("explained");
        }
    }

    @Test
    void questionsToTheAgentNeverReachTheApiServer() throws Exception {
        try (RawSocket client = line.client()) {
            String body = client.send(Line.get("/apis/explain.fairlead.dev/v1/why?verb=list"))
                    .readAnswer()
                    .body();
            assertThat(body).isEqualTo("answered /apis/explain.fairlead.dev/v1/why{verb=[list]}");
            assertThat(client.send(Line.get("/apis/explain.fairlead.devil"))
                            .readAnswer()
                            .body())
                    .isEqualTo("{}");
        }
        assertThat(line.api.heads).noneMatch(head -> head.contains("v1/why"));
    }

    @Test
    void anAgentThatExplainsNothingAddsNothing() throws Exception {
        line.close();
        line = new Line("grpc").connected();
        try (RawSocket client = line.client()) {
            assertThat(client.send(Line.get("/refuse/json")).readAnswer().body())
                    .isEqualTo(ApiServer.REFUSED);
            assertThat(client.send(Line.get("/apis/explain.fairlead.dev/v1/why"))
                            .readAnswer()
                            .body())
                    .isEqualTo("{}");
        }
    }
}
