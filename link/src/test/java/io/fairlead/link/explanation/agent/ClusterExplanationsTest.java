package io.fairlead.link.explanation.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.json.Json;
import io.fairlead.kube.connection.BearerToken;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.RbacWorld;
import io.fairlead.kube.rbac.Role;
import io.fairlead.kube.rbac.Rule;
import io.fairlead.kube.rbac.Subject;
import io.fairlead.link.explanation.ClusterRequest;
import io.fairlead.link.explanation.Explanations.Answer;
import io.fairlead.link.identity.Impersonation;
import io.fairlead.testing.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ClusterExplanationsTest {
    private static final Role VIEW = new Role("", "view", List.of(rule("get list watch", "pods")));
    private static final Role LOGS = new Role("", "logs", List.of(rule("get", "pods/log")));
    private static final String FORBIDDEN =
            "pods is forbidden: User \\\"gitlab:user:dana\\\" cannot list resource \\\"pods\\\" in API group \\\"\\\"";
    private static final BearerToken OPAQUE = () -> Optional.of("opaque");

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ManualTime time = new ManualTime();
    private final FixedRbac rbac = new FixedRbac(world());
    private final ClusterExplanations explanations = new ClusterExplanations(rbac, OPAQUE, time, threads);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static Rule rule(String verbs, String resources) {
        return new Rule(List.of(verbs.split(" ")), List.of(""), List.of(resources.split(" ")), List.of(), List.of());
    }

    private static RbacWorld world(Binding... bindings) {
        return new RbacWorld(List.of(VIEW, LOGS), List.of(bindings));
    }

    private static Binding bound(String namespace, String name, String role, Subject subject) {
        return new Binding(namespace, name, true, role, List.of(subject));
    }

    private static Impersonation as(String user, String... groups) {
        return new Impersonation(user, List.of(groups), "", Map.of("agent.gitlab.com/config_project_id", List.of("3")));
    }

    private static final Impersonation DANA =
            as("gitlab:user:dana", "gitlab:user", "gitlab:project_role:3:reporter", "gitlab:project_role:3:developer");
    private static final Impersonation MAINTAINER =
            as("gitlab:user:mia", "gitlab:user", "gitlab:project_role:3:developer", "gitlab:project_role:3:maintainer");
    private static final Impersonation JOB =
            as("gitlab:ci_job:9", "gitlab:ci_job", "gitlab:group:2", "gitlab:project:7");

    private static ClusterRequest request(String method, String target, Optional<Impersonation> as) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        String[] parts = target.split("\\?", 2);
        if (parts.length == 2) {
            Arrays.stream(parts[1].split("&"))
                    .map(pair -> pair.split("=", 2))
                    .forEach(pair -> query.put(pair[0], List.of(pair[1])));
        }
        return new ClusterRequest(method, parts[0], query, as);
    }

    private JsonNode explained(String method, String target, Optional<Impersonation> as, String message)
            throws Exception {
        String status =
                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
                        + message + "\",\"reason\":\"Forbidden\",\"details\":{\"kind\":\"pods\"},\"code\":403}";
        byte[] answer = explanations
                .explain(request(method, target, as), status.getBytes(StandardCharsets.UTF_8))
                .toCompletableFuture()
                .get();
        JsonNode json = Json.tree(new String(answer, StandardCharsets.UTF_8));
        assertThat(json.path("code").asInt()).isEqualTo(403);
        assertThat(json.at("/details/kind").asString()).isEqualTo("pods");
        assertThat(json.path("message").asString()).startsWith(message.replace("\\", "") + ". Fairlead: ");
        return json;
    }

    private String sentence(String method, String target, Impersonation as) throws Exception {
        String message = explained(method, target, Optional.of(as), FORBIDDEN)
                .path("message")
                .asString();
        return message.substring(message.indexOf("Fairlead: "));
    }

    @Test
    void saysWhoWasRefusedWhatAndWhatWouldDo() throws Exception {
        JsonNode status = explained("GET", "/api/v1/pods", Optional.of(DANA), FORBIDDEN);
        assertThat(status.path("message").asString())
                .endsWith("Fairlead: the cluster sees user \"gitlab:user:dana\" with the groups gitlab:user,"
                        + " gitlab:project_role:3:reporter, gitlab:project_role:3:developer; no binding lets them list"
                        + " pods in the whole cluster; the ClusterRoleBinding gitlab-user-view of ClusterRole view to"
                        + " Group gitlab:user would; see \"fairlead why list pods -A\"");
        assertThat(status.at("/details/causes/0/reason").asString()).isEqualTo("FairleadIdentity");
        assertThat(status.at("/details/causes/1/message").asString()).contains("name: gitlab-user-view");
    }

    @Test
    void namesTheNearestBindingThatIsTheirs() throws Exception {
        rbac.set(world(bound("a", "readers", "view", Subject.group("gitlab:user"))));
        assertThat(sentence("GET", "/api/v1/namespaces/b/pods", DANA))
                .contains("(nearest: RoleBinding a/readers of ClusterRole view is theirs, in namespace \"a\" alone)")
                .contains("the RoleBinding b/gitlab-user-view of")
                .endsWith("see \"fairlead why list pods -n b\"");
        time.pass(Duration.ofMinutes(1));
        rbac.set(world(bound("", "readers", "view", Subject.group("gitlab:user"))));
        assertThat(sentence("DELETE", "/api/v1/namespaces/b/pods/p", DANA))
                .contains("readers of ClusterRole view is theirs, without the verb delete")
                .contains("a new Role and the RoleBinding")
                .contains("to Group gitlab:project_role:3:developer would");
        assertThat(sentence("GET", "/api/v1/namespaces/b/pods/p/log", DANA))
                .contains("is theirs, for the object alone and not pods/log");
    }

    @Test
    void namesNoBindingOfOthersToWhoMayNotKnowIt() throws Exception {
        rbac.set(world(bound("", "secret-project-x", "view", Subject.user("gitlab:user:eve"))));
        assertThat(sentence("GET", "/api/v1/pods", DANA)).doesNotContain("nearest", "secret-project-x", "user:eve");
        assertThat(sentence("GET", "/api/v1/pods", MAINTAINER))
                .contains("ClusterRoleBinding secret-project-x of ClusterRole view is for others");
        assertThat(sentence("GET", "/api/v1/pods/p/log", DANA)).contains("a new ClusterRole");
        assertThat(sentence("GET", "/api/v1/pods/p/log", MAINTAINER)).contains("of ClusterRole logs to");
    }

    @Test
    void grantsAJobWhatItsProjectNeeds() throws Exception {
        assertThat(sentence("GET", "/api/v1/namespaces/b/pods", JOB)).contains("to Group gitlab:project:7 would");
        Impersonation deploying =
                as("gitlab:ci_job:9", "gitlab:ci_job", "gitlab:project:7", "gitlab:project_env:7:prod");
        assertThat(sentence("GET", "/api/v1/namespaces/b/pods", deploying))
                .contains("to Group gitlab:project_env:7:prod would");
    }

    @Test
    void tellsWhatIsNoMatterOfRoles() throws Exception {
        rbac.set(world(bound("", "readers", "view", Subject.group("gitlab:user"))));
        assertThat(explained("GET", "/api/v1/pods", Optional.of(DANA), "exceeded quota: compute")
                        .path("message")
                        .asString())
                .contains("its roles let them list pods in the whole cluster, and what refuses it is another rule");
        assertThat(sentence("GET", "/api/v1/pods", DANA)).endsWith("by now: try again");
    }

    @Test
    void tellsThatTheAgentMayNotActAsThem() throws Exception {
        String message =
                "users \\\"gitlab:user:dana\\\" is forbidden: User \\\"system:serviceaccount:f:agentk\\\" cannot"
                        + " impersonate resource \\\"users\\\" in API group \\\"\\\" at the cluster scope";
        assertThat(explained("GET", "/api/v1/pods", Optional.of(DANA), message)
                        .path("message")
                        .asString())
                .contains("Fairlead: the agent may not act as user \"gitlab:user:dana\"");
    }

    @Test
    void tellsOfTheAgentItself() throws Exception {
        assertThat(explained("GET", "/api/v1/pods", Optional.empty(), FORBIDDEN)
                        .path("message")
                        .asString())
                .endsWith("the agent spoke for itself here, not for you (access_as: agent)");
        String payload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"aud\":[\"x\"],\"sub\":\"system:serviceaccount:f:agentk\"}"
                        .getBytes(StandardCharsets.UTF_8));
        ClusterExplanations named =
                new ClusterExplanations(rbac, () -> Optional.of("h." + payload + ".s"), time, threads);
        byte[] status = ("{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"" + FORBIDDEN + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        String answer = new String(
                named.explain(request("GET", "/api/v1/pods", Optional.empty()), status)
                        .toCompletableFuture()
                        .get(),
                StandardCharsets.UTF_8);
        assertThat(answer)
                .contains("system:serviceaccount:f:agentk", "which is the agent itself")
                .contains("to ServiceAccount f/agentk would");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"kind\":\"Status\",\"reason\":\"Forbidden\"}",
                "{\"kind\":\"Status\",\"reason\":\"Other\",\"message\":\"m\"}",
                "{\"kind\":\"Pod\",\"reason\":\"Forbidden\",\"message\":\"m\"}",
                "{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"m\"",
                "[]",
                "text"
            })
    void leavesAloneWhatIsNoStatusOfARefusal(String body) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        assertThat(explanations
                        .explain(request("GET", "/api/v1/pods", Optional.of(DANA)), bytes)
                        .toCompletableFuture()
                        .get())
                .isEqualTo(bytes);
        assertThat(rbac.reads).hasValue(0);
    }

    @Test
    void anAgentThatMayNotReadRolesAsksSeldomAndSaysSo() throws Exception {
        int[] reads = {0};
        RbacSource refused = () -> {
            reads[0]++;
            throw new FairleadException("kube.refused", "the API server answered 403 to GET /clusterroles");
        };
        ClusterExplanations blind = new ClusterExplanations(refused, OPAQUE, time, threads);
        byte[] status = ("{\"kind\":\"Status\",\"reason\":\"Forbidden\",\"message\":\"" + FORBIDDEN + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 3; i++) {
            assertThat(new String(
                            blind.explain(request("GET", "/api/v1/pods", Optional.of(DANA)), status)
                                    .toCompletableFuture()
                                    .get(),
                            StandardCharsets.UTF_8))
                    .contains("the cluster sees user", "is not known here: the API server answered 403");
        }
        assertThat(reads[0]).isEqualTo(1);
    }

    @Test
    void readsOnceForAllAndForgets() throws Exception {
        sentence("GET", "/api/v1/pods", DANA);
        sentence("GET", "/api/v1/pods", DANA);
        assertThat(rbac.reads).hasValue(1);
        time.pass(Duration.ofSeconds(11));
        sentence("GET", "/api/v1/pods", DANA);
        assertThat(rbac.reads).hasValue(2);
    }

    @Test
    void aRefusalNeverWaitsForLongAndNeverQueues() throws Exception {
        Queue<Runnable> waiting = new ArrayDeque<>();
        Executor never = waiting::add;
        ClusterExplanations stuck = new ClusterExplanations(rbac, OPAQUE, time, never);
        byte[] status = {'x'};
        List<CompletableFuture<byte[]>> held = new java.util.ArrayList<>();
        for (int i = 0; i < 9; i++) {
            held.add(stuck.explain(request("GET", "/api/v1/pods", Optional.of(DANA)), status)
                    .toCompletableFuture());
        }
        assertThat(held.subList(0, 8)).noneMatch(CompletableFuture::isDone);
        assertThat(held.get(8)).isCompletedWithValue(status);
        time.pass(Duration.ofMillis(1_500));
        assertThat(held).allMatch(CompletableFuture::isDone);
        waiting.forEach(Runnable::run);
        assertThat(stuck.explain(request("GET", "/api/v1/pods", Optional.of(DANA)), status)
                        .toCompletableFuture())
                .isNotDone();
        assertThat(time.planned()).isEqualTo(1);
    }

    private Answer ask(String question, Impersonation as) throws Exception {
        return explanations
                .answer(request("GET", "/apis/explain.fairlead.dev/v1/" + question, Optional.of(as)))
                .toCompletableFuture()
                .get();
    }

    private static JsonNode json(Answer answer) {
        return Json.tree(new String(answer.json(), StandardCharsets.UTF_8));
    }

    /** Default deny: who may ask the agent what. */
    @ParameterizedTest
    @CsvSource({
        "why?verb=list&resource=pods,                              200, 200, 200",
        "grant?verb=list&resource=pods,                            200, 200, 200",
        "grant?verb=list&resource=pods&to=group:gitlab:user,       200, 200, 403",
        "grant?verb=list&resource=pods&to=user:gitlab:user:dana,   200, 200, 403",
        "grant?verb=list&resource=pods&to=group:gitlab:project:7,  403, 200, 200",
        "grant?verb=list&resource=pods&to=user:gitlab:user:eve,    403, 200, 403",
        "grant?verb=list&resource=pods&to=group:system:masters,    403, 200, 403",
        "who-can?verb=list&resource=pods,                          403, 200, 403",
        "who-can?resource=pods,                                    400, 400, 400",
        "why?verb=list,                                            400, 400, 400",
        "why?verb=list&resource=pods&path=a,                       400, 400, 400",
        "grant?verb=list&resource=pods&to=x,                       400, 400, 400",
        "bindings,                                                 404, 404, 404",
        "../../../api/v1/pods,                                     404, 404, 404"
    })
    void tellsEveryoneAboutThemselvesAndMaintainersAboutOthers(String question, int dana, int maintainer, int job)
            throws Exception {
        assertThat(ask(question, DANA).status()).isEqualTo(dana);
        assertThat(ask(question, MAINTAINER).status()).isEqualTo(maintainer);
        assertThat(ask(question, JOB).status()).isEqualTo(job);
    }

    @Test
    void theRightToReadBindingsIsEnoughToAskAboutOthers() throws Exception {
        Role reader = new Role(
                "",
                "rbac-reader",
                List.of(new Rule(
                        List.of("list"),
                        List.of("rbac.authorization.k8s.io"),
                        List.of("clusterrolebindings", "rolebindings"),
                        List.of(),
                        List.of())));
        rbac.set(new RbacWorld(
                List.of(VIEW, reader), List.of(bound("", "r", "rbac-reader", Subject.user("gitlab:user:dana")))));
        assertThat(ask("who-can?verb=list&resource=pods", DANA).status()).isEqualTo(200);
    }

    @Test
    void aMaintainerOfAnotherProjectIsNone() throws Exception {
        Impersonation other = as("gitlab:user:o", "gitlab:user", "gitlab:project_role:4:maintainer");
        assertThat(ask("who-can?verb=list&resource=pods", other).status()).isEqualTo(403);
    }

    @Test
    void questionsAreOnlyAsked() throws Exception {
        assertThat(explanations
                        .answer(request(
                                "POST", "/apis/explain.fairlead.dev/v1/why?verb=list&resource=pods", Optional.of(DANA)))
                        .toCompletableFuture()
                        .get()
                        .status())
                .isEqualTo(405);
    }

    @Test
    void answersWhyBothWays() throws Exception {
        JsonNode refused = json(ask("why?verb=list&resource=pods&namespace=a", DANA));
        assertThat(refused.path("allowed").asBoolean()).isFalse();
        assertThat(refused.at("/caller/user").asString()).isEqualTo("gitlab:user:dana");
        assertThat(refused.at("/grant/fileName").asString()).isEqualTo("a.gitlab-user-view.yaml");
        time.pass(Duration.ofSeconds(2));
        rbac.set(world(bound("", "readers", "view", Subject.group("gitlab:user"))));
        JsonNode allowed = json(ask("why?verb=list&resource=pods&namespace=a", DANA));
        assertThat(allowed.path("allowed").asBoolean()).isTrue();
        assertThat(allowed.at("/by/0").asString()).isEqualTo("ClusterRoleBinding readers");
        assertThat(json(ask("grant?verb=list&resource=pods", DANA))
                        .path("allowed")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void listsWhoCan() throws Exception {
        rbac.set(world(
                bound("", "readers", "view", Subject.group("gitlab:user")),
                bound("a", "accounts", "view", new Subject(Subject.Kind.SERVICE_ACCOUNT, "s", ""))));
        JsonNode subjects = json(ask("who-can?verb=list&resource=pods&namespace=a", MAINTAINER))
                .path("subjects");
        assertThat(subjects).hasSize(2);
        assertThat(subjects.get(0).path("name").asString()).isEqualTo("gitlab:user");
        assertThat(subjects.get(1).path("by").asString()).isEqualTo("RoleBinding a/accounts");
    }

    @Test
    void anAnswerIsLateRatherThanNever() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        ClusterExplanations slow = new ClusterExplanations(
                () -> {
                    latch.await();
                    return world();
                },
                OPAQUE,
                time,
                threads);
        CompletableFuture<Answer> answer = slow.answer(
                        request("GET", "/apis/explain.fairlead.dev/v1/why?verb=list&resource=pods", Optional.of(DANA)))
                .toCompletableFuture();
        time.pass(Duration.ofSeconds(15));
        assertThat(answer.get().status()).isEqualTo(504);
        latch.countDown();
    }
}
