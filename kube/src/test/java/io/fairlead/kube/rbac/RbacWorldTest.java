package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Written by hand from what Kubernetes documents and tests of its authorizer; the story asks a real one the same. */
class RbacWorldTest {
    private static final Caller DANA =
            Caller.impersonated("gitlab:user:dana", List.of("gitlab:user", "gitlab:project_role:3:developer"));

    private static Rule rule(String verbs, String groups, String resources, String names) {
        return new Rule(list(verbs), list(groups.replace("core", "")), list(resources), list(names), List.of());
    }

    private static List<String> list(String words) {
        return words.equals("-") ? List.of() : List.of(words.split(" ", -1));
    }

    private static Role role(String namespace, String name, Rule... rules) {
        return new Role(namespace, name, List.of(rules));
    }

    private static RbacWorld bound(String namespace, Subject subject, Role role) {
        return new RbacWorld(
                List.of(role),
                List.of(new Binding(namespace, "b", role.namespace().isEmpty(), role.name(), List.of(subject))));
    }

    private static boolean dana(RbacWorld world, String method, String target) {
        return world.allows(DANA, RequestedActionTest.action(method, target));
    }

    private static RbacWorld everywhere(Rule... rules) {
        return bound("", Subject.group("gitlab:user"), role("", "r", rules));
    }

    @Test
    void aClusterRoleBindingHoldsInEveryNamespaceAndInNone() {
        RbacWorld world = everywhere(rule("list", "core", "pods", "-"));
        assertThat(dana(world, "GET", "/api/v1/pods")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods/p")).isFalse();
        assertThat(dana(world, "GET", "/apis/apps/v1/pods")).isFalse();
    }

    @Test
    void aRoleBindingHoldsInItsNamespaceAlone() {
        RbacWorld world =
                bound("a", Subject.user("gitlab:user:dana"), role("", "r", rule("list", "core", "pods", "-")));
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/b/pods")).isFalse();
        assertThat(dana(world, "GET", "/api/v1/pods")).isFalse();
    }

    @Test
    void aNamespaceIsInItself() {
        RbacWorld world = bound(
                "a", Subject.user("gitlab:user:dana"), role("", "r", rule("get list", "core", "namespaces", "-")));
        assertThat(dana(world, "GET", "/api/v1/namespaces/a")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/b")).isFalse();
        assertThat(dana(world, "GET", "/api/v1/namespaces")).isFalse();
    }

    @Test
    void aRoleCountsForTheBindingsOfItsOwnNamespace() {
        Role role = role("a", "r", rule("list", "core", "pods", "-"));
        assertThat(dana(bound("a", Subject.group("gitlab:user"), role), "GET", "/api/v1/namespaces/a/pods"))
                .isTrue();
        assertThat(dana(bound("b", Subject.group("gitlab:user"), role), "GET", "/api/v1/namespaces/b/pods"))
                .isFalse();
        assertThat(dana(bound("", Subject.group("gitlab:user"), role), "GET", "/api/v1/namespaces/a/pods"))
                .isFalse();
    }

    @Test
    void theObjectsRightIsNotItsSubresources() {
        RbacWorld pods = everywhere(rule("get create", "core", "pods", "-"));
        assertThat(dana(pods, "GET", "/api/v1/namespaces/a/pods/p/log")).isFalse();
        assertThat(dana(pods, "POST", "/api/v1/namespaces/a/pods/p/exec")).isFalse();
        assertThat(dana(everywhere(rule("get", "core", "pods/log", "-")), "GET", "/api/v1/namespaces/a/pods/p/log"))
                .isTrue();
        assertThat(dana(everywhere(rule("get", "core", "*", "-")), "GET", "/api/v1/namespaces/a/pods/p/log"))
                .isTrue();
        RbacWorld scale = everywhere(rule("update", "*", "*/scale", "-"));
        assertThat(dana(scale, "PUT", "/apis/apps/v1/namespaces/a/deployments/d/scale"))
                .isTrue();
        assertThat(dana(scale, "PUT", "/apis/apps/v1/namespaces/a/deployments/d/status"))
                .isFalse();
        assertThat(dana(scale, "PUT", "/apis/apps/v1/namespaces/a/deployments/d"))
                .isFalse();
    }

    @Test
    void execIsAnotherVerbForEitherMethod() {
        RbacWorld world = everywhere(rule("create", "core", "pods/exec", "-"));
        assertThat(dana(world, "POST", "/api/v1/namespaces/a/pods/p/exec")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods/p/exec")).isFalse();
    }

    @Test
    void aRuleThatNamesObjectsIsForRequestsThatNameThem() {
        RbacWorld world = everywhere(rule("get list watch create update delete deletecollection", "core", "pods", "p"));
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods/p")).isTrue();
        assertThat(dana(world, "PUT", "/api/v1/namespaces/a/pods/p")).isTrue();
        assertThat(dana(world, "DELETE", "/api/v1/namespaces/a/pods/p")).isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods/q")).isFalse();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods")).isFalse();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods?fieldSelector=metadata.name=p"))
                .isTrue();
        assertThat(dana(world, "GET", "/api/v1/namespaces/a/pods?watch=1&fieldSelector=metadata.name=p"))
                .isTrue();
        assertThat(dana(world, "POST", "/api/v1/namespaces/a/pods")).isFalse();
        assertThat(dana(world, "DELETE", "/api/v1/namespaces/a/pods")).isFalse();
    }

    @Test
    void pathsEndInAStarOrAreExact() {
        Rule healthz = new Rule(List.of("get"), List.of(), List.of(), List.of(), List.of("/healthz/*", "/version"));
        assertThat(dana(everywhere(healthz), "GET", "/healthz/etcd")).isTrue();
        assertThat(dana(everywhere(healthz), "GET", "/healthz")).isFalse();
        assertThat(dana(everywhere(healthz), "GET", "/version")).isTrue();
        assertThat(dana(everywhere(healthz), "POST", "/version")).isFalse();
        assertThat(dana(bound("a", Subject.group("gitlab:user"), role("", "r", healthz)), "GET", "/version"))
                .isFalse();
        Rule all = new Rule(List.of("*"), List.of(), List.of(), List.of(), List.of("*"));
        assertThat(dana(everywhere(all), "GET", "/any")).isTrue();
        assertThat(dana(everywhere(all), "GET", "/api/v1/pods")).isFalse();
        assertThat(dana(everywhere(rule("*", "*", "*", "-")), "GET", "/any")).isFalse();
    }

    @Test
    void aServiceAccountIsBoundByNameOrByItsGroups() {
        Caller account = Caller.serviceAccount("system:serviceaccount:ci:builder");
        Role role = role("", "r", rule("list", "core", "pods", "-"));
        Action list = RequestedActionTest.action("GET", "/api/v1/namespaces/ci/pods");
        Subject named = new Subject(Subject.Kind.SERVICE_ACCOUNT, "builder", "ci");
        Subject unnamed = new Subject(Subject.Kind.SERVICE_ACCOUNT, "builder", "");
        assertThat(bound("", named, role).allows(account, list)).isTrue();
        assertThat(bound("ci", unnamed, role).allows(account, list)).isTrue();
        assertThat(bound("", unnamed, role).allows(account, list)).isFalse();
        assertThat(bound("", Subject.user("system:serviceaccount:ci:builder"), role)
                        .allows(account, list))
                .isTrue();
        for (String group : List.of("system:serviceaccounts", "system:serviceaccounts:ci", "system:authenticated")) {
            assertThat(bound("", Subject.group(group), role).allows(account, list))
                    .isTrue();
        }
    }

    @Test
    void whoIsImpersonatedIsAuthenticatedUnlessTheGroupsSayOtherwise() {
        assertThat(DANA.groups()).endsWith("system:authenticated");
        assertThat(Caller.impersonated("x", List.of("system:unauthenticated")).groups())
                .containsExactly("system:unauthenticated");
        assertThat(Caller.impersonated("system:anonymous", List.of()).groups())
                .containsExactly("system:unauthenticated");
        assertThat(Caller.impersonated("system:serviceaccount:a:b", List.of("g"))
                        .groups())
                .containsExactly("g", "system:authenticated");
    }

    @Test
    void mastersMayDoEverythingAndAGroupIsNoUser() {
        RbacWorld none = new RbacWorld(List.of(), List.of());
        Action list = RequestedActionTest.action("GET", "/api/v1/pods");
        assertThat(none.allows(new Caller("x", List.of("system:masters")), list))
                .isTrue();
        assertThat(none.allows(new Caller("system:masters", List.of()), list)).isFalse();
        RbacWorld user = bound("", Subject.user("gitlab:user"), role("", "r", rule("list", "core", "pods", "-")));
        assertThat(user.allows(DANA, list)).isFalse();
    }

    @Test
    void aBindingWithoutItsRoleAllowsNothing() {
        RbacWorld world = new RbacWorld(
                List.of(), List.of(new Binding("", "b", true, "gone", List.of(Subject.group("gitlab:user")))));
        assertThat(dana(world, "GET", "/api/v1/pods")).isFalse();
    }
}
