package io.fairlead.link.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.RequestedAction;
import io.fairlead.link.identity.Identity;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.link.identity.ProxyCredential;
import io.fairlead.link.identity.ProxyDecision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class AuditLineTest {
    private static final ProxyCredential TOKEN = new ProxyCredential.PersonalAccessToken(7, "glpat-very-secret");

    private static String line(String method, String path, ProxyDecision.Allowed granted, String reason) {
        return AuditLine.of(
                new AuditRecord(
                        1_795_000_000_123L,
                        AuditRecord.Phase.END,
                        "0123",
                        RequestedAction.of(method, path, Map.of()),
                        path,
                        TOKEN,
                        granted,
                        7,
                        AuditRecord.Decision.ALLOWED,
                        reason,
                        200,
                        1,
                        2,
                        3_456_789),
                "ab-1");
    }

    private static ProxyDecision.Allowed dana(List<String> groups) {
        return new ProxyDecision.Allowed(
                7,
                Optional.of("edge"),
                Optional.of(new Impersonation("gitlab:user:dana", groups, "", Map.of())),
                new Identity.TokenUser(5, "dana"));
    }

    @Test
    void saysWhoAsWhomWhatAndWhatBecameOfIt() {
        assertThat(line("GET", "/api/v1/namespaces/shop/pods/web/log", dana(List.of("gitlab:user")), ""))
                .matches(
                        "\\{\"time\":\"2026-11-18T[0-9:.]+Z\",\"id\":\"ab-1\",\"phase\":\"end\",\"decision\":\"allowed\",\"status\":200,"
                                + "\"user\":\"dana\",\"user_id\":5,\"agent\":\"edge\",\"rule\":\"user_access: user\","
                                + "\"as\":\"gitlab:user:dana\",\"groups\":\\[\"gitlab:user\"],\"agent_id\":7,"
                                + "\"credential\":\"access_token\",\"credential_hash\":\"[0-9a-f]{12}\",\"verb\":\"get\","
                                + "\"api_version\":\"v1\",\"resource\":\"pods\",\"subresource\":\"log\",\"namespace\":\"shop\","
                                + "\"name\":\"web\",\"bytes_in\":1,\"bytes_out\":2,\"duration_ms\":3,\"trace_id\":\"0123\"}\n");
    }

    /** The words are kube.rbac's; what they leave out is in the path. */
    @Test
    void saysWhatIsAskedForAsTheAuthorizerSeesIt() {
        JsonNode proxied =
                Json.tree(line("GET", "/apis/apps/v1/namespaces/a/services/b/proxy/x/y", dana(List.of()), ""));
        assertThat(proxied.path("api_group").asString()).isEqualTo("apps");
        assertThat(proxied.path("api_version").asString()).isEqualTo("v1");
        assertThat(proxied.path("subresource").asString()).isEqualTo("proxy");
        assertThat(proxied.path("path").asString()).isEqualTo("/apis/apps/v1/namespaces/a/services/b/proxy/x/y");
        JsonNode other = Json.tree(line("GET", "/metrics", dana(List.of()), ""));
        assertThat(other.path("verb").asString()).isEqualTo("get");
        assertThat(other.path("path").asString()).isEqualTo("/metrics");
    }

    @Test
    void holdsNoSecret() {
        for (ProxyCredential credential : List.of(
                TOKEN,
                new ProxyCredential.CiJob(7, "glcbt-very-secret"),
                new ProxyCredential.Session(7, "cookie-very-secret", "csrf-very-secret"))) {
            String line = AuditLine.of(
                    new AuditRecord(
                            0,
                            AuditRecord.Phase.END,
                            "t",
                            new Action.OnResource("list", "", "secrets", "", "", ""),
                            "/api/v1/secrets",
                            credential,
                            null,
                            7,
                            AuditRecord.Decision.REFUSED,
                            "Unauthorized",
                            401,
                            0,
                            0,
                            0),
                    "ab-1");
            assertThat(line).doesNotContain("secret\"").doesNotContain("very");
            assertThat(line)
                    .contains("\"credential_hash\":\"" + credential.secretHash().substring(0, 12) + "\"");
        }
    }

    /** Whatever a client writes into path or name stays within its quotes: one line, in plain ASCII, that says just that. */
    @Test
    void nobodyWritesALineOfTheirOwn() {
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder path = new StringBuilder("/api/v1/namespaces/");
            for (int i = random.nextInt(60); i > 0; i--) {
                path.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
            }
            path.append("\"},\n{\"user\":\"root\"");
            String line = line("GET", path.toString(), dana(List.of("\"],\n")), path.toString());
            assertThat(line.chars().filter(c -> c == '\n').count()).isOne();
            assertThat(line.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f)))
                    .isTrue();
            JsonNode record = Json.tree(line);
            assertThat(record.path("user").asString()).isEqualTo("dana");
            assertThat(line).doesNotContain("\"user\":\"root\"");
        }
    }

    @Test
    void longTextsAndManyGroupsAreCut() {
        List<String> many = IntStream.range(0, 5_000)
                .mapToObj(i -> "gitlab:group_role:" + i)
                .toList();
        String line = line("GET", "/" + "x".repeat(20_000), dana(many), "y".repeat(20_000));
        assertThat(line.length()).isLessThan(4_096);
        assertThat(Json.tree(line).path("groups").size()).isEqualTo(AuditLine.GROUPS_MAX);
        assertThat(Json.tree(line).path("groups_more").asInt()).isEqualTo(4_950);
    }
}
