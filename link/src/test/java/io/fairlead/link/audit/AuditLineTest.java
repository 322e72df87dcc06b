package io.fairlead.link.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class AuditLineTest {
    private static final ProxyCredential TOKEN = new ProxyCredential.PersonalAccessToken(7, "glpat-very-secret");

    private static String line(
            String method, String path, boolean watch, ProxyDecision.Allowed granted, String reason) {
        return AuditLine.of(new AuditRecord(
                1_795_000_000_123L,
                AuditRecord.Phase.END,
                "0123",
                method,
                path,
                watch,
                false,
                TOKEN,
                granted,
                7,
                AuditRecord.Decision.ALLOWED,
                reason,
                200,
                1,
                2,
                3_456_789));
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
        assertThat(line("GET", "/api/v1/namespaces/shop/pods/web/log", false, dana(List.of("gitlab:user")), ""))
                .matches(
                        "\\{\"time\":\"2026-11-18T[0-9:.]+Z\",\"phase\":\"end\",\"decision\":\"allowed\",\"status\":200,"
                                + "\"user\":\"dana\",\"user_id\":5,\"agent\":\"edge\",\"rule\":\"user_access: user\","
                                + "\"as\":\"gitlab:user:dana\",\"groups\":\\[\"gitlab:user\"],\"agent_id\":7,"
                                + "\"credential\":\"access_token\",\"credential_hash\":\"[0-9a-f]{12}\",\"verb\":\"get\","
                                + "\"api_version\":\"v1\",\"resource\":\"pods\",\"subresource\":\"log\",\"namespace\":\"shop\","
                                + "\"name\":\"web\",\"bytes_in\":1,\"bytes_out\":2,\"duration_ms\":3,\"trace_id\":\"0123\"}\n");
    }

    /** The verbs of RBAC, as the API server finds them. */
    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/pods, false, list, pods, , ,",
        "GET, /api/v1/pods, true, watch, pods, , ,",
        "GET, /api/v1/watch/namespaces/a/pods, false, watch, pods, , a,",
        "GET, /api/v1/namespaces, false, list, namespaces, , ,",
        "GET, /api/v1/namespaces/a, false, get, namespaces, , a, a",
        "PUT, /api/v1/namespaces/a/finalize, false, update, namespaces, finalize, a, a",
        "POST, /api/v1/namespaces/a/pods/b/exec, false, create, pods, exec, a, b",
        "PATCH, /apis/apps/v1/namespaces/a/deployments/b/scale, false, patch, deployments, scale, a, b",
        "DELETE, /apis/apps/v1/namespaces/a/deployments, false, deletecollection, deployments, , a,",
        "DELETE, /apis/apps/v1/namespaces/a/deployments/b, false, delete, deployments, , a, b",
        "GET, /api/v1/namespaces/a/services/b/proxy/x/y, false, get, services, proxy/x/y, a, b",
        "GET, /version, false, get, , , ,",
        "POST, /apis/apps/v1, false, post, , , ,",
        "GET, /, false, get, , , ,",
    })
    void findsVerbAndResource(
            String method,
            String path,
            boolean watch,
            String verb,
            String resource,
            String sub,
            String ns,
            String name) {
        ApiRequest found = ApiRequest.of(method, path, watch);
        assertThat(found.verb()).isEqualTo(verb);
        assertThat(found.resource()).isEqualTo(resource == null ? "" : resource);
        assertThat(found.subresource()).isEqualTo(sub == null ? "" : sub);
        assertThat(found.namespace()).isEqualTo(ns == null ? "" : ns);
        assertThat(found.name()).isEqualTo(name == null ? "" : name);
    }

    @Test
    void holdsNoSecret() {
        for (ProxyCredential credential : List.of(
                TOKEN,
                new ProxyCredential.CiJob(7, "glcbt-very-secret"),
                new ProxyCredential.Session(7, "cookie-very-secret", "csrf-very-secret"))) {
            String line = AuditLine.of(new AuditRecord(
                    0,
                    AuditRecord.Phase.END,
                    "t",
                    "GET",
                    "/api/v1/secrets",
                    false,
                    false,
                    credential,
                    null,
                    7,
                    AuditRecord.Decision.REFUSED,
                    "Unauthorized",
                    401,
                    0,
                    0,
                    0));
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
            String line = line("GET", path.toString(), random.nextBoolean(), dana(List.of("\"],\n")), path.toString());
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
        String line = line("GET", "/" + "x".repeat(20_000), false, dana(many), "y".repeat(20_000));
        assertThat(line.length()).isLessThan(4_096);
        assertThat(Json.tree(line).path("groups").size()).isEqualTo(AuditLine.GROUPS_MAX);
        assertThat(Json.tree(line).path("groups_more").asInt()).isEqualTo(4_950);
    }
}
