package io.fairlead.apps.forge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.apps.forge.RunningForge.Answer;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Accounts and their keys, and those of machines, as clients of the API meet them. */
@Tag(TestDatabase.BOTH)
class UserTest {
    private static final String USERS = "/api/v4/users";

    @TempDir
    static Path folder;

    private static RunningForge forge;

    @BeforeAll
    static void start() throws Exception {
        forge = new RunningForge(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        forge.close();
    }

    private static String key() throws Exception {
        byte[] encoded = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(4 + type.length + 4 + 32);
        bytes.putInt(type.length)
                .put(type)
                .putInt(32)
                .put(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        return "ssh-ed25519 " + Base64.getEncoder().encodeToString(bytes.array());
    }

    private static String form(String key) {
        return "title=t&key=" + URLEncoder.encode(key, StandardCharsets.UTF_8);
    }

    private static List<String> texts(JsonNode list, String member) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(node -> node.get(member).asString())
                .toList();
    }

    @Test
    void blockedPeopleMayDoNothingUntilTheyAreUnblocked() throws Exception {
        String token = forge.personWithToken("blocked", "api");
        long id = forge.userId("blocked");
        forge.call("POST", "/api/v4/projects", token, "name=theirs");
        String clone = "/blocked/theirs.git/info/refs?service=git-upload-pack";
        Map<String, String> basic = Map.of("Authorization", GitTest.basic(token));
        assertThat(forge.send("GET", clone, basic, "").status()).isEqualTo(200);
        assertThat(forge.post(USERS + "/" + id + "/block", "").status()).isEqualTo(201);
        assertThat(forge.send("GET", clone, basic, "").status()).isIn(401, 403);
        Answer refused = forge.call("GET", "/api/v4/user", token, "");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.response().body()).contains("blocked");
        assertThat(texts(forge.get(USERS + "?blocked=true").json(), "username")).contains("blocked");
        assertThat(texts(forge.get(USERS + "?active=true&per_page=100").json(), "username"))
                .doesNotContain("blocked");
        assertThat(forge.post(USERS + "/" + id + "/unblock", "").status()).isEqualTo(201);
        assertThat(forge.call("GET", "/api/v4/user", token, "").status()).isEqualTo(200);
        assertThat(forge.post(USERS + "/1/block", "").status()).as("oneself").isEqualTo(403);
    }

    @Test
    void aNewNameTakesProjectsAlongAndLeavesARedirect() {
        String token = forge.personWithToken("maiden", "api");
        long id = forge.userId("maiden");
        Answer project = forge.call("POST", "/api/v4/projects", token, "name=mine");
        assertThat(forge.call("PUT", USERS + "/" + id, forge.rootToken, "username=root")
                        .status())
                .isEqualTo(409);
        Answer changed = forge.call("PUT", USERS + "/" + id, forge.rootToken, "username=married&name=New");
        assertThat(changed.json().get("username").asString()).isEqualTo("married");
        Answer moved = forge.call("GET", "/api/v4/projects/maiden%2Fmine", token, "");
        assertThat(moved.id()).isEqualTo(project.id());
        assertThat(moved.json().get("path_with_namespace").asString()).isEqualTo("married/mine");
        assertThat(forge.get("/api/v4/namespaces/maiden")
                        .json()
                        .get("full_path")
                        .asString())
                .isEqualTo("married");
        forge.personWithToken("maiden", "api");
        assertThat(forge.get("/api/v4/projects/maiden%2Fmine").status())
                .as("what is below a path that was taken anew is the new one's")
                .isEqualTo(404);
    }

    @Test
    void whoGoesTakesTheirOwnAlongAndLeavesTheRest() {
        String token = forge.personWithToken("leaver", "api");
        long id = forge.userId("leaver");
        Answer own = forge.call("POST", "/api/v4/projects", token, "name=own");
        long group = forge.call("POST", "/api/v4/groups", token, "name=g&path=left-group")
                .id();
        Answer made = forge.call("POST", "/api/v4/projects", token, "name=made&namespace_id=" + group);
        forge.call("POST", "/api/v4/projects/" + made.id() + "/cluster_agents", token, "name=a");
        Answer refused = forge.delete(USERS + "/" + id);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.response().body()).contains("left-group");
        forge.post("/api/v4/groups/" + group + "/members", "user_id=1&access_level=50");
        assertThat(forge.delete(USERS + "/" + id).status()).isEqualTo(204);
        assertThat(forge.call("GET", "/api/v4/user", token, "").status()).isEqualTo(401);
        assertThat(forge.get("/api/v4/projects/" + own.id()).status()).isEqualTo(404);
        assertThat(forge.get("/api/v4/projects/" + made.id()).status()).isEqualTo(200);
        assertThat(forge.get("/api/v4/projects/" + made.id() + "/cluster_agents")
                        .json())
                .hasSize(1);
        assertThat(forge.get(USERS + "/" + id).status()).isEqualTo(404);
        assertThat(texts(forge.get(USERS + "?per_page=100").json(), "username")).doesNotContain("-ghost", "leaver");
        forge.personWithToken("leaver", "api");
        assertThat(forge.delete(USERS + "/1").status()).as("oneself").isEqualTo(403);
    }

    @Test
    void theLastAdministratorStaysOne() {
        assertThat(forge.call("PUT", USERS + "/1", forge.rootToken, "admin=false")
                        .status())
                .isEqualTo(403);
        Answer second = forge.post(USERS, "username=second&name=x&email=second@x&admin=true");
        assertThat(forge.call("PUT", USERS + "/" + second.id(), forge.rootToken, "admin=false")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void peopleAreFoundByNameAndAddress() {
        forge.post(USERS, "username=finder&name=Ada%20Lovelace&email=ada@example.com");
        assertThat(texts(forge.get(USERS + "?search=lovel").json(), "username")).containsExactly("finder");
        assertThat(texts(forge.get(USERS + "?search=ADA@example.com").json(), "username"))
                .containsExactly("finder");
        assertThat(forge.get(USERS + "?search=example.com").json()).isEmpty();
        assertThat(texts(forge.get(USERS + "?username=FINDER").json(), "username"))
                .containsExactly("finder");
        assertThat(forge.post(USERS, "username=b%00d&name=x&email=x@x").status())
                .isEqualTo(400);
        assertThat(forge.post(USERS, "username=-x&name=%20&email=x").status()).isEqualTo(400);
    }

    @Test
    void peopleKeepTheirOwnKeys() throws Exception {
        String token = forge.personWithToken("key-owner", "api");
        String other = forge.personWithToken("key-other", "api");
        String key = key();
        Answer added = forge.call("POST", "/api/v4/user/keys", token, form(key + " comment"));
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().get("key").asString()).isEqualTo(key);
        assertThat(forge.call("POST", "/api/v4/user/keys", other, form(key)).status())
                .isEqualTo(400);
        assertThat(forge.call("POST", "/api/v4/user/keys", token, form("ssh-rsa AAAA"))
                        .status())
                .isEqualTo(400);
        assertThat(forge.call("POST", "/api/v4/user/keys", token, form(key()) + "&expires_at=2020-01-01")
                        .status())
                .isEqualTo(400);
        String path = "/api/v4/user/keys/" + added.id();
        assertThat(forge.call("GET", path, other, "").status()).isEqualTo(404);
        assertThat(forge.call("DELETE", path, other, "").status()).isEqualTo(404);
        assertThat(forge.call("GET", USERS + "/" + forge.userId("key-owner") + "/keys", other, "")
                        .json())
                .hasSize(1);
        assertThat(forge.call("DELETE", path, token, "").status()).isEqualTo(204);
        assertThat(forge.call("GET", "/api/v4/user/keys", token, "").json()).isEmpty();
    }

    @Test
    void machinesHaveKeysForProjects() throws Exception {
        long project = forge.project("keyed");
        long second = forge.project("keyed-too");
        String keys = "/api/v4/projects/" + project + "/deploy_keys";
        String key = key();
        Answer added = forge.post(keys, "{\"title\":\"flux\",\"key\":\"" + key + "\",\"can_push\":true}");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().get("can_push").asBoolean()).isTrue();
        assertThat(added.json().get("fingerprint_sha256").asString()).startsWith("SHA256:");
        assertThat(added.json().get("fingerprint").asString()).matches("([0-9a-f]{2}:){15}[0-9a-f]{2}");
        assertThat(forge.post(keys, form(key)).status()).as("twice").isEqualTo(400);
        assertThat(forge.post("/api/v4/user/keys", form(key)).status())
                .as("a machine's")
                .isEqualTo(400);
        assertThat(forge.get(keys).json()).hasSize(1);

        String elsewhere = "/api/v4/projects/" + second + "/deploy_keys";
        assertThat(forge.get(elsewhere + "/" + added.id()).status()).isEqualTo(404);
        Answer enabled = forge.post(elsewhere + "/" + added.id() + "/enable", "");
        assertThat(enabled.status()).isEqualTo(201);
        assertThat(enabled.json().get("can_push").asBoolean())
                .as("to push is each project's to allow")
                .isFalse();
        String maintainer = forge.personWithToken("key-maintainer", "api");
        long third = forge.project("keyed-by-another");
        forge.post(
                "/api/v4/projects/" + third + "/members",
                "user_id=" + forge.userId("key-maintainer") + "&access_level=40");
        assertThat(forge.call(
                                "POST",
                                "/api/v4/projects/" + third + "/deploy_keys/" + added.id() + "/enable",
                                maintainer,
                                "")
                        .status())
                .as("a key of projects they cannot see")
                .isEqualTo(404);

        Answer changed = forge.call("PUT", keys + "/" + added.id(), forge.rootToken, "title=new&can_push=false");
        assertThat(changed.json().get("title").asString()).isEqualTo("new");
        assertThat(changed.json().get("can_push").asBoolean()).isFalse();
        assertThat(forge.delete(keys + "/" + added.id()).status()).isEqualTo(204);
        assertThat(forge.get(elsewhere).json()).hasSize(1);
        forge.delete("/api/v4/projects/" + second);
        assertThat(forge.post("/api/v4/user/keys", form(key)).status())
                .as("no machine has it any more")
                .isEqualTo(201);
        assertThat(forge.post(keys, form(key)).status()).as("a person's").isEqualTo(400);
    }
}
