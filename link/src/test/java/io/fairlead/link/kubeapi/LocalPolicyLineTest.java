package io.fairlead.link.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.base.json.Json;
import io.fairlead.link.kubeapi.agent.LocalPolicy;
import io.fairlead.link.kubeapi.kas.RequestShares;
import io.fairlead.testing.NoLeaks;
import io.fairlead.testing.RawSocket;
import io.fairlead.wire.http.HttpLimits;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** An agent with a policy of its own answers for the API server what that policy refuses. */
@ExtendWith(NoLeaks.class)
class LocalPolicyLineTest {
    private static Line line(List<String> users) throws Exception {
        LocalPolicy policy = new LocalPolicy(
                "/etc/policy.yaml",
                users,
                List.of("gitlab:*"),
                List.of(),
                LocalPolicy.EXTRA_KEYS,
                Optional.of(List.of("shop")));
        return new Line("grpc", new ApiServer(), HttpLimits.DEFAULT, RequestShares.EACH_MAX, Optional.of(policy))
                .connected();
    }

    @Test
    void aRefusalIsAStatusThatNamesThePolicyAndNothingReachesTheApiServer() throws Exception {
        try (Line line = line(List.of("gitlab:ci_job:*"));
                RawSocket client = line.client()) {
            for (int i = 0; i < 10; i++) {
                RawSocket.Answer answer =
                        client.send(Line.get("/api/v1/namespaces/shop/pods")).readAnswer();
                assertThat(answer.status()).isEqualTo(403);
                JsonNode status = Json.tree(answer.body());
                assertThat(status.get("kind").asString()).isEqualTo("Status");
                assertThat(status.get("reason").asString()).isEqualTo("Forbidden");
                assertThat(status.get("message").asString())
                        .contains("/etc/policy.yaml", "no user \"gitlab:user:dana\"", "users there");
            }
            assertThat(line.api.heads).isEmpty();
            await().until(() -> line.counters.inFlight() == 0);
        }
    }

    @Test
    void whatItAllowsPasses() throws Exception {
        try (Line line = line(List.of("gitlab:user:*"));
                RawSocket client = line.client()) {
            assertThat(client.send(Line.get("/api/v1/namespaces/shop/pods"))
                            .readAnswer()
                            .status())
                    .isEqualTo(200);
            assertThat(client.send(Line.get("/api/v1/namespaces/kube-system/secrets"))
                            .readAnswer()
                            .status())
                    .isEqualTo(403);
            assertThat(line.api.heads).hasSize(1);
        }
    }

    /** Bodies and upgrades of requests that are refused end with them. */
    @Test
    void bodiesAndUpgradesAreRefusedAsWell() throws Exception {
        try (Line line = line(List.of("nobody"))) {
            try (RawSocket client = line.client()) {
                client.send(Line.request("POST", "/api/v1/namespaces/shop/pods", "Content-Length: 5\r\n") + "12345");
                assertThat(client.readAnswer().status()).isEqualTo(403);
            }
            try (RawSocket client = line.client()) {
                client.send(Line.request(
                        "POST",
                        "/api/v1/namespaces/shop/pods/a/exec",
                        "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n"));
                assertThat(client.readAnswer().status()).isEqualTo(403);
            }
            assertThat(line.api.heads).isEmpty();
            await().until(() -> line.counters.inFlight() == 0);
        }
    }
}
