package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Records as kas brings them and people ask for them. */
class AuditTest {
    private static final String APPEND = "/api/v4/internal/kubernetes/audit_records";

    @TempDir
    static Path folder;

    private static RunningForge forge;
    private static long project;
    private static long agent;
    private static long other;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
        project = forge.project("audited");
        agent = forge.agent(project, "edge");
        other = forge.agent(forge.project("elsewhere"), "edge");
        assertThat(forge.kas(
                                "POST",
                                APPEND,
                                null,
                                record("dana", agent, "pods")
                                        + record("ben", other, "pods")
                                        + record("dana", agent, "secrets"))
                        .status())
                .isEqualTo(204);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String record(String user, long agent, String resource) {
        return "{\"time\":\"2026-11-23T05:00:00Z\",\"decision\":\"allowed\",\"user\":\"" + user + "\",\"agent_id\":"
                + agent + ",\"verb\":\"get\",\"resource\":\"" + resource + "\"}\n";
    }

    private static JsonNode records(String query, String token) {
        RunningForge.Answer answer = forge.call("GET", "/api/v4" + query, token, "");
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().get("records");
    }

    @Test
    void administratorsAskForAll() {
        assertThat(records("/audit_records", forge.rootToken).size()).isEqualTo(3);
        assertThat(records("/audit_records?user=dana&resource=pods", forge.rootToken)
                        .size())
                .isOne();
        assertThat(records("/audit_records?agent_id=" + other, forge.rootToken).size())
                .isOne();
        assertThat(records("/audit_records?since=2026-11-23T05:00:01Z", forge.rootToken)
                        .size())
                .isZero();
        assertThat(records("/audit_records?limit=1", forge.rootToken)
                        .get(0)
                        .path("resource")
                        .asString())
                .isEqualTo("secrets");
    }

    @Test
    void maintainersAskForThoseOfTheirAgents() {
        String maintainer = forge.personWithToken("max", "read_api");
        String developer = forge.personWithToken("dev", "read_api");
        String members = "/api/v4/projects/" + project + "/members";
        forge.post(members, "user_id=" + forge.userId("max") + "&access_level=40");
        forge.post(members, "user_id=" + forge.userId("dev") + "&access_level=30");
        String theirs = "/projects/" + project + "/cluster_agents/" + agent + "/audit_records";
        assertThat(records(theirs, maintainer).size()).isEqualTo(2);
        assertThat(records(theirs + "?agent_id=" + other, maintainer).size()).isEqualTo(2);
        assertThat(forge.call("GET", "/api/v4" + theirs, developer, "").status())
                .isEqualTo(403);
        assertThat(forge.call("GET", "/api/v4/audit_records", maintainer, "").status())
                .isEqualTo(403);
        String foreign = "/api/v4/projects/" + project + "/cluster_agents/" + other + "/audit_records";
        assertThat(forge.call("GET", foreign, maintainer, "").status()).isEqualTo(404);
    }

    @Test
    void aQueryThatCouldMeanMoreIsRefused() {
        assertThat(forge.get("/api/v4/audit_records?user=a%22%2C%22b").status()).isEqualTo(400);
        assertThat(forge.get("/api/v4/audit_records?after=..%2F1").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]\n", "{}\n\n", "{}\n{\u00e9}\n", "{}\r\n", " {}\n", "{}\n{}"})
    void whatIsNoListOfRecordsIsNotKept(String body) throws Exception {
        assertThat(forge.kas("POST", APPEND, null, body).status()).isEqualTo(400);
        assertThat(forge.post(APPEND, "{}\n").status()).isEqualTo(401);
    }
}
