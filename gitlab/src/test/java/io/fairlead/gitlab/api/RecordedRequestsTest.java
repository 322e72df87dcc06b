package io.fairlead.gitlab.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTParser;
import io.fairlead.base.time.SystemScheduler;
import io.fairlead.gitlab.fake.FakeGitLab;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** Our client, asked for the same, sends what the original kas 16.5 was recorded to send. */
class RecordedRequestsTest {
    private static final String AGENT_TOKEN = "glagent-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private static List<JsonNode> lines() throws Exception {
        try (var in = RecordedRequestsTest.class.getResourceAsStream("/vectors/kas-to-gitlab-16.5.jsonl")) {
            assertThat(in).isNotNull();
            List<JsonNode> lines = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                lines.add(GitLabJson.MAPPER.readTree(line));
            }
            return lines;
        }
    }

    @TestFactory
    Stream<DynamicTest> sendsTheSame() throws Exception {
        List<JsonNode> lines = lines();
        KasSecret secret = KasSecret.fromBase64(lines.getFirst().get("secret").stringValue(), "vectors");
        return lines.stream()
                .skip(1)
                .map(line -> DynamicTest.dynamicTest(
                        line.get("method").stringValue() + " "
                                + line.get("path").stringValue(),
                        () -> compare(line, secret)));
    }

    private static void compare(JsonNode expected, KasSecret secret) throws Exception {
        Clock clock = clockOf(expected);
        KasJwt jwt = new KasJwt(secret, clock);
        try (FakeGitLab gitlab = new FakeGitLab();
                SystemScheduler time = new SystemScheduler("test-time");
                GitLabClient client = new GitLabClient(
                        GitLabClientConfig.of(gitlab.url(), "gitlab-kas/v0.0.0/00000000"), jwt, time)) {
            try {
                ask(client, expected);
            } catch (GitLabException e) {
                assertThat(e.status()).isEqualTo(404);
            }
            FakeGitLab.Recorded sent = gitlab.requests().getFirst();
            assertThat(sent.method()).isEqualTo(expected.get("method").stringValue());
            assertThat(sent.path()).isEqualTo(expected.get("path").stringValue());
            if (expected.has("body")) {
                assertThat(GitLabJson.MAPPER.readTree(sent.body()))
                        .isEqualTo(
                                GitLabJson.MAPPER.readTree(expected.get("body").stringValue()));
            }
            compareHeaders(sent, expected.path("headers"), jwt);
        }
    }

    /** The moment of the recording, so that the same JWT must come out. */
    private static Clock clockOf(JsonNode expected) throws Exception {
        JsonNode token = expected.path("headers").path("Gitlab-Kas-Api-Request");
        Instant now = token.isString()
                ? JWTParser.parse(token.stringValue())
                        .getJWTClaimsSet()
                        .getIssueTime()
                        .toInstant()
                : Instant.EPOCH;
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static void compareHeaders(FakeGitLab.Recorded sent, JsonNode headers, KasJwt jwt) throws Exception {
        for (var header : headers.properties()) {
            String value = header.getValue().stringValue();
            switch (header.getKey()) {
                // We ask for no compression: the JDK's client would not undo it.
                case "Accept-Encoding" ->
                    assertThat(sent.header("Accept-Encoding")).isNull();
                case "Gitlab-Kas-Api-Request" -> {
                    jwt.verifyFromKas(value);
                    String ours = String.valueOf(sent.header("Gitlab-Kas-Api-Request"));
                    jwt.verifyFromKas(ours);
                    assertThat(JWTParser.parse(ours).getJWTClaimsSet())
                            .isEqualTo(JWTParser.parse(value).getJWTClaimsSet());
                    assertThat(JWTParser.parse(ours).getHeader().toJSONObject())
                            .isEqualTo(JWTParser.parse(value).getHeader().toJSONObject());
                }
                default ->
                    assertThat(sent.header(header.getKey())).as(header.getKey()).isEqualTo(value);
            }
        }
    }

    private static void ask(GitLabClient client, JsonNode expected) {
        switch (expected.get("path").stringValue()) {
            case "/api/v4/internal/kubernetes/agent_info" -> client.agentInfo(AGENT_TOKEN);
            case "/api/v4/job/allowed_agents" -> client.allowedAgents("jobtok", CallShare.PEOPLE);
            case "/api/v4/internal/kubernetes/authorize_proxy_user" ->
                client.authorizeProxyUser(
                        AuthorizeProxyUserRequest.personalAccessToken(7, "glpat-x"), CallShare.PEOPLE);
            case "/api/v4/internal/kubernetes/usage_metrics" -> askUsage(client, expected);
            default -> throw new AssertionError("a recorded request that no test asks for: " + expected);
        }
    }

    private static void askUsage(GitLabClient client, JsonNode expected) {
        JsonNode body = GitLabJson.MAPPER.readTree(expected.get("body").stringValue());
        Map<String, Long> counters = new TreeMap<>();
        Map<String, long[]> unique = new TreeMap<>();
        for (var counter : body.get("counters").properties()) {
            counters.put(counter.getKey(), counter.getValue().longValue());
        }
        for (var set : body.get("unique_counters").properties()) {
            unique.put(
                    set.getKey(),
                    set.getValue().valueStream().mapToLong(JsonNode::longValue).toArray());
        }
        client.postUsageMetrics(counters, unique);
    }
}
