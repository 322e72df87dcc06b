package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fairlead.testing.process.Checkout;
import io.fairlead.testing.process.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

/**
 * Whoever loses a right loses what they have running with it, within a second and with a reason: kubectl's watch, exec, log and
 * forwarded port; and their next command is refused. What somebody else runs goes on.
 */
@Tag("story")
@Tag("revocation")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RevocationStory {
    private static final String NAMESPACE = "story-revocation";
    private static final long CUT_MILLIS_MAX = 1_000;
    private static final String OBJECTS = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: story-revocation}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: default, namespace: story-revocation}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: box, namespace: story-revocation}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: box
                image: fairlead.local/busybox:1
                command: [sh, -c, "nc -ll -p 9000 -e cat & while :; do echo tick; sleep 0.1; done"]
            """;

    private static ForgeScenery scenery;
    private static Kubectl admin;
    private static long project;
    private static long agent;
    private static int people;
    private static long longest;
    private static int cuts;

    @BeforeAll
    static void open() throws Exception {
        Path cluster = Scenery.cluster(Checkout.here());
        admin = new Kubectl("kubectl", cluster);
        scenery = ForgeScenery.open("revocation");
        scenery.line()
                .replaceAgent(
                        scenery.line().server().ready().kasUrl().orElseThrow(),
                        cluster,
                        scenery.line().caFile())
                .start();
        JsonNode line = scenery.api("GET", "/projects/root%2Fline", "");
        project = line.path("id").asLong();
        agent = scenery.api("GET", "/projects/" + project + "/cluster_agents", "")
                .path(0)
                .path("id")
                .asLong();
        admin.apply(OBJECTS);
        admin.ask("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/box", "--timeout=60s");
    }

    @AfterAll
    static void close() {
        if (scenery != null) {
            scenery.figures(
                    cuts + " streams cut, the last of them " + longest + " ms after the call that ended the right");
            admin.run("delete", "namespace", NAMESPACE, "--wait=false");
            scenery.close();
        }
    }

    private record Person(long id, long tokenId, Kubectl kubectl) {}

    private static Person person() throws Exception {
        String name = "person" + ++people;
        long id = scenery.api("POST", "/users", """
                {"username": "%1$s", "name": "%1$s", "email": "%1$s@example.com"}""".formatted(name)).path("id").asLong();
        JsonNode token = scenery.api(
                "POST", "/users/" + id + "/personal_access_tokens", "{\"name\":\"t\",\"scopes\":[\"k8s_proxy\"]}");
        return new Person(
                id,
                token.path("id").asLong(),
                kubectl(name, "pat:" + agent + ":" + token.path("token").asString()));
    }

    private static Kubectl kubectl(String name, String credential) throws Exception {
        Path folder = Files.createDirectories(scenery.folder().resolve(name));
        return new Kubectl("kubectl", Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: c
                clusters: [{name: c, cluster: {server: "%s", certificate-authority: "%s"}}]
                users: [{name: u, user: {token: "%s"}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                """.formatted(
                        scenery.line().proxyUrl(), scenery.line().caFile(), credential)));
    }

    private static Person developer() throws Exception {
        Person person = person();
        member("projects/" + project, person);
        return person;
    }

    private static void member(String place, Person person) {
        scenery.api("POST", "/" + place + "/members", "{\"user_id\":" + person.id + ",\"access_level\":30}");
    }

    private interface Change {
        void make();
    }

    /** @param others whether what others have goes on */
    private static void ends(Kubectl kubectl, boolean others, Change change) throws Exception {
        Path folder = kubectl.kubeconfig().resolveSibling("streams");
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> kubectl.run("get", "pods", "-n", NAMESPACE).succeeded());
        Person other = developer();
        try (LiveStreams streams = new LiveStreams(kubectl, NAMESPACE, folder);
                LiveStreams untouched = new LiveStreams(
                        other.kubectl, NAMESPACE, other.kubectl.kubeconfig().resolveSibling("streams"))) {
            long begun = System.nanoTime();
            change.make();
            Map<String, Long> ended = streams.endedAfter(begun);
            Finished next = kubectl.run("get", "pods", "-n", NAMESPACE);
            assertThat(next.succeeded()).as("the next request").isFalse();
            assertThat(next.err()).contains("GitLab Agent Server");
            if (others) {
                // With its agent the way to the cluster ends, which may come before the word that the right has.
                assertThat(streams.said("exec"))
                        .as("a WebSocket has room for the reason")
                        .contains("GitLab Agent Server");
            }
            longest = Math.max(longest, Collections.max(ended.values()));
            cuts += ended.size() - 1;
            assertThat(ended.values()).as(ended.toString()).allMatch(millis -> millis <= CUT_MILLIS_MAX);
            assertThat(untouched.run()).isEqualTo(others);
        }
        assertThat(reasons()).hasSizeGreaterThanOrEqualTo(4);
    }

    /** Of those that were cut so far. */
    private static List<String> reasons() {
        return scenery.api("GET", "/audit_records?limit=1000&decision=cut", "")
                .path("records")
                .valueStream()
                .map(record -> record.path("reason").asString(""))
                .filter(reason -> !reason.isEmpty())
                .toList();
    }

    @Test
    @Order(1)
    void whenATokenIsRevoked() throws Exception {
        Person person = developer();
        ends(person.kubectl, true, () -> scenery.api("DELETE", "/personal_access_tokens/" + person.tokenId, ""));
    }

    @Test
    @Order(2)
    void whenAMemberIsRemoved() throws Exception {
        Person person = developer();
        ends(person.kubectl, true, () -> scenery.api("DELETE", "/projects/" + project + "/members/" + person.id, ""));
    }

    @Test
    @Order(3)
    void whenARoleIsLowered() throws Exception {
        Person person = developer();
        ends(
                person.kubectl,
                true,
                () -> scenery.api("PUT", "/projects/" + project + "/members/" + person.id, "{\"access_level\":20}"));
    }

    @Test
    @Order(4)
    void whenSharingIsWithdrawn() throws Exception {
        long guests = scenery.api("POST", "/groups", "{\"name\":\"guests\",\"path\":\"guests\"}")
                .path("id")
                .asLong();
        Person person = person();
        member("groups/" + guests, person);
        scenery.api("POST", "/projects/" + project + "/share", "{\"group_id\":" + guests + ",\"group_access\":30}");
        ends(person.kubectl, true, () -> scenery.api("DELETE", "/projects/" + project + "/share/" + guests, ""));
    }

    @Test
    @Order(5)
    void whenAJobEnds() throws Exception {
        JsonNode job = scenery.api("POST", "/projects/" + project + "/job_tokens", "{}");
        Kubectl kubectl = kubectl("job", "ci:" + agent + ":" + job.path("token").asString());
        ends(
                kubectl,
                true,
                () -> scenery.api(
                        "DELETE",
                        "/projects/" + project + "/job_tokens/" + job.path("id").asLong(),
                        ""));
    }

    @Test
    @Order(6)
    void whenTheAgentIsDeleted() throws Exception {
        Person person = developer();
        ends(
                person.kubectl,
                false,
                () -> scenery.api("DELETE", "/projects/" + project + "/cluster_agents/" + agent, ""));
    }
}
