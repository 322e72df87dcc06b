package io.fairlead.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.json.Json;
import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Binding;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.RbacList;
import io.fairlead.kube.rbac.RbacWorld;
import io.fairlead.kube.rbac.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;

/** Questions put to the evaluator and, as SubjectAccessReviews, to the API server whose roles it has read. */
final class RealReviews {
    private static final int QUESTIONS = 1_000;

    /** kubectl asks 50 times a second. */
    private static final Duration REVIEWS_MAX = Duration.ofMinutes(2);

    /** What the story adds to the cluster's own roles: a rule of each kind that has a corner. */
    private static final String ODD_RULES = """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: ClusterRole
              metadata: {name: story-odd}
              rules:
              - {apiGroups: [""], resources: [pods/log, "*/scale"], verbs: [get, update]}
              - {apiGroups: [""], resources: [secrets, configmaps], resourceNames: [mine], verbs: ["*"]}
              - {apiGroups: ["*"], resources: [deployments], verbs: [list, create, deletecollection]}
              - {nonResourceURLs: ["/metrics", "/logs/*"], verbs: [get]}
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: ClusterRoleBinding
              metadata: {name: story-odd}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: story-odd}
              subjects:
              - {apiGroup: rbac.authorization.k8s.io, kind: User, name: story}
              - {kind: ServiceAccount, name: story, namespace: default}
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata: {name: story-edit, namespace: default}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
              subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: story-group}]
            - apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata: {name: story-dangling, namespace: default}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: nowhere}
              subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: story-group}]
            """;

    private final Kubectl admin;
    private final Random random = new Random(20261123);

    RealReviews(Kubectl admin) {
        this.admin = admin;
    }

    private record Question(Caller caller, Action action) {}

    /** What the two answer differently, one a line. */
    String differences() {
        admin.apply(ODD_RULES);
        try {
            RbacWorld world = world();
            List<Question> questions = questions(world);
            String reviews = Json.write(Map.of(
                    "apiVersion",
                    "v1",
                    "kind",
                    "List",
                    "items",
                    questions.stream().map(RealReviews::review).toList()));
            String answers = admin.command("create", "-o", "json", "-f", "-")
                    .input(reviews)
                    .within(REVIEWS_MAX)
                    .ask();
            List<JsonNode> items = new ArrayList<>();
            try (MappingIterator<JsonNode> all =
                    Json.mapper().readerFor(JsonNode.class).readValues(answers)) {
                all.forEachRemaining(items::add);
            }
            assertThat(items).hasSize(questions.size());
            StringBuilder differences = new StringBuilder();
            int allowed = 0;
            for (int i = 0; i < questions.size(); i++) {
                boolean real = items.get(i).at("/status/allowed").asBoolean();
                allowed += real ? 1 : 0;
                if (real
                        != world.allows(
                                questions.get(i).caller(), questions.get(i).action())) {
                    differences
                            .append(questions.get(i))
                            .append(": the API server says ")
                            .append(real)
                            .append('\n');
                }
            }
            assertThat(allowed).isBetween(QUESTIONS / 10, QUESTIONS * 9 / 10);
            System.out.printf(
                    "    %d SubjectAccessReviews, %d allowed, by %d roles and %d bindings%n",
                    questions.size(),
                    allowed,
                    world.roles().size(),
                    world.bindings().size());
            return differences.toString();
        } finally {
            admin.run("delete", "clusterrole,clusterrolebinding", "story-odd");
            admin.run("delete", "rolebinding", "-n", "default", "story-edit", "story-dangling");
        }
    }

    private RbacWorld world() {
        List<Role> roles = new ArrayList<>();
        List<Binding> bindings = new ArrayList<>();
        String path = "/apis/rbac.authorization.k8s.io/v1/";
        for (String kind : List.of("clusterroles", "roles")) {
            roles.addAll(RbacList.ofRoles(admin.raw(path + kind).ask()).roles());
        }
        for (String kind : List.of("clusterrolebindings", "rolebindings")) {
            bindings.addAll(RbacList.ofBindings(admin.raw(path + kind).ask()).bindings());
        }
        return new RbacWorld(roles, bindings);
    }

    /** Each about the words that the cluster's own rules have, so that many meet one. */
    private List<Question> questions(RbacWorld world) {
        TreeSet<String> verbs = new TreeSet<>(List.of("get", "list", "watch", "create", "update", "patch", "delete"));
        TreeSet<String> groups = new TreeSet<>(List.of("", "apps"));
        TreeSet<String> resources = new TreeSet<>(List.of("pods", "pods/log", "secrets"));
        world.roles().stream().flatMap(role -> role.rules().stream()).forEach(rule -> {
            groups.addAll(rule.apiGroups());
            resources.addAll(rule.resources());
        });
        groups.remove("*");
        resources.removeIf(resource -> resource.contains("*"));
        List<Caller> callers = List.of(
                new Caller("story", List.of("system:authenticated")),
                new Caller("gitlab:user:x", List.of("gitlab:user", "story-group", "system:authenticated")),
                Caller.serviceAccount("system:serviceaccount:default:story"),
                Caller.serviceAccount("system:serviceaccount:kube-system:generic-garbage-collector"),
                Caller.serviceAccount("system:serviceaccount:kube-system:namespace-controller"),
                Caller.serviceAccount("system:serviceaccount:kube-system:deployment-controller"),
                new Caller("system:kube-scheduler", List.of("system:authenticated")),
                new Caller("system:kube-controller-manager", List.of("system:authenticated")),
                new Caller("system:anonymous", List.of("system:unauthenticated")),
                new Caller("root", List.of("system:masters")));
        List<Question> questions = new ArrayList<>();
        while (questions.size() < QUESTIONS) {
            questions.add(new Question(
                    one(callers), action(List.copyOf(verbs), List.copyOf(groups), List.copyOf(resources))));
        }
        return questions;
    }

    private Action action(List<String> verbs, List<String> groups, List<String> resources) {
        if (random.nextInt(8) == 0) {
            return new Action.OnPath("get", one(List.of("/metrics", "/logs/a", "/logs", "/healthz", "/version", "/x")));
        }
        boolean usual = random.nextBoolean();
        String combined = one(
                usual
                        ? List.of(
                                "pods",
                                "pods/log",
                                "secrets",
                                "configmaps",
                                "deployments",
                                "deployments/scale",
                                "pods/exec")
                        : resources);
        String[] parts = combined.split("/", 2);
        return new Action.OnResource(
                one(verbs),
                usual ? one(List.of("", "", "apps")) : one(groups),
                parts[0],
                parts.length == 2 ? parts[1] : "",
                one(List.of("", "default", "kube-system")),
                one(List.of("", "", "mine")));
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static Map<String, Object> review(Question question) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("user", question.caller().user());
        spec.put("groups", question.caller().groups());
        switch (question.action()) {
            case Action.OnPath(String verb, String path) ->
                spec.put("nonResourceAttributes", Map.of("verb", verb, "path", path));
            case Action.OnResource on ->
                spec.put(
                        "resourceAttributes",
                        Map.of(
                                "verb", on.verb(),
                                "group", on.apiGroup(),
                                "resource", on.resource(),
                                "subresource", on.subresource(),
                                "namespace", on.namespace(),
                                "name", on.name()));
        }
        return Map.of("apiVersion", "authorization.k8s.io/v1", "kind", "SubjectAccessReview", "spec", spec);
    }
}
