package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import io.fairlead.gitlab.jwt.KasJwt;
import io.fairlead.gitlab.jwt.KasSecret;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kubectl shows kas for an hour: what it opens, and how it ends. The forge's clock is the test's. */
@Tag(TestDatabase.BOTH)
class ClusterCredentialTest {
    private static final String CREDENTIALS = "/api/v4/user/cluster_credentials";

    @TempDir
    static Path folder;

    private static final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-06-01T12:00:00Z"));
    private static final Clock clock = new Clock() {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.get();
        }
    };
    private static RunningForge forge;
    private static long project;
    private static long agent;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(ForgeConfig.loopback(folder, RunningForge.EXTERNAL_URL), clock);
        project = forge.project("clusters");
        agent = forge.agent(project, "edge");
        forge.configure(project, "edge", "user_access:\n  access_as: {user: {}}\n  projects: [{id: root/clusters}]\n");
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    /** A Developer of the agent's project. */
    private static String developer(String name, String scope) {
        String token = forge.personWithToken(name, scope);
        Answer member = forge.post(
                "/api/v4/projects/" + project + "/members", "user_id=" + forge.userId(name) + "&access_level=30");
        assertThat(member.status()).isEqualTo(201);
        return token;
    }

    private static String credential(String token, long agentId) {
        Answer made = forge.call("POST", CREDENTIALS, token, "agent_id=" + agentId);
        assertThat(made.status()).as(made.response().body()).isEqualTo(201);
        return made.json().path("token").asString();
    }

    /** What kas is told about a credential. */
    private static Answer shown(long agentId, String secret) throws Exception {
        String jwt = new KasJwt(KasSecret.read(forge.app.kasSecretFile()), clock).fromKasToGitLab();
        return forge.send(
                "POST",
                "/api/v4/internal/kubernetes/authorize_proxy_user",
                Map.of("Gitlab-Kas-Api-Request", jwt),
                "{\"agent_id\":\"" + agentId + "\",\"access_type\":\"personal_access_token\",\"access_key\":\"" + secret
                        + "\"}");
    }

    @Test
    void speaksForWhoeverMadeItUntilItsHourIsOver() throws Exception {
        String token = developer("ada", "k8s_proxy");
        Answer made = forge.call("POST", CREDENTIALS, token, "agent_id=" + agent);
        assertThat(made.json().path("expires_in").asLong()).isEqualTo(3540);
        Instant end = Instant.parse(made.json().path("expires_at").asString());
        assertThat(end).isEqualTo(now.get().plus(Duration.ofMinutes(59)));
        String secret = made.json().path("token").asString();

        Answer granted = shown(agent, secret);
        assertThat(granted.status()).as(granted.response().body()).isEqualTo(201);
        assertThat(granted.json().at("/user/username").asString()).isEqualTo("ada");

        now.set(end.minusMillis(1));
        assertThat(shown(agent, secret).status()).isEqualTo(201);
        now.set(end);
        Answer over = shown(agent, secret);
        assertThat(over.status()).isEqualTo(401);
        assertThat(over.response().body()).contains("kubectl fetches a new one by itself");
    }

    @Test
    void endsWithTheTokenItWasMadeWithAndWithThePerson() throws Exception {
        String token = developer("eve", "api");
        long id = forge.call("GET", "/api/v4/personal_access_tokens/self", token, "")
                .id();
        String secret = credential(token, agent);
        assertThat(shown(agent, secret).status()).isEqualTo(201);

        String user = "/api/v4/users/" + forge.userId("eve");
        forge.post(user + "/block", "");
        assertThat(shown(agent, secret).status()).isEqualTo(403);
        forge.post(user + "/unblock", "");
        assertThat(shown(agent, secret).status()).isEqualTo(201);

        assertThat(forge.delete("/api/v4/personal_access_tokens/" + id).status())
                .isEqualTo(204);
        Answer ended = shown(agent, secret);
        assertThat(ended.status()).isEqualTo(401);
        assertThat(ended.response().body()).contains("was revoked; sign in again with \\\"fairlead login\\\"");
    }

    @Test
    void opensNothingButItsAgent() throws Exception {
        String token = developer("bob", "k8s_proxy");
        long other = forge.agent(project, "other");
        String secret = credential(token, agent);

        Answer elsewhere = shown(other, secret);
        assertThat(elsewhere.status()).isEqualTo(401);
        assertThat(elsewhere.response().body()).contains("was made for another agent");
        assertThat(forge.call("GET", "/api/v4/user", secret, "").status()).isEqualTo(401);
        assertThat(forge.call("POST", CREDENTIALS, secret, "agent_id=" + agent).status())
                .isEqualTo(401);
        assertThat(shown(agent, secret + "x").status()).isEqualTo(401);
    }

    @Test
    void isMadeForAnAgentThatIsThereWithATokenOfOnesOwn() {
        String token = developer("cai", "k8s_proxy");
        assertThat(forge.call("POST", CREDENTIALS, token, "agent_id=987654").status())
                .isEqualTo(404);
        assertThat(forge.call("POST", CREDENTIALS, token, "").status()).isEqualTo(400);
        assertThat(forge.call("POST", CREDENTIALS, forge.tokenOf(forge.userId("cai"), "read_api"), "agent_id=" + agent)
                        .status())
                .isEqualTo(403);
        Answer sudo = forge.send(
                "POST",
                CREDENTIALS,
                Map.of("PRIVATE-TOKEN", forge.tokenOf(forge.userId("root"), "api", "sudo"), "Sudo", "cai"),
                "agent_id=" + agent);
        assertThat(sudo.status()).isEqualTo(403);
        assertThat(sudo.response().body()).contains("not by sudo");
    }

    /** Neither in the person's list nor without end in the database. */
    @Test
    void fillsNoList() throws Exception {
        String token = developer("dee", "k8s_proxy");
        String tokens = "/api/v4/personal_access_tokens?user_id=" + forge.userId("dee");
        String first = credential(token, agent);
        now.updateAndGet(time -> time.plusSeconds(1));
        String last = first;
        for (int i = 0; i < 100; i++) {
            last = credential(token, agent);
        }
        assertThat(forge.get(tokens).json()).hasSize(1);
        assertThat(shown(agent, first).status()).isEqualTo(401);
        assertThat(shown(agent, last).status()).isEqualTo(201);
    }
}
