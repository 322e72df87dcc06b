package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SmallestGrantTest {
    private static final Subject PEOPLE = Subject.group("gitlab:user");

    private static Rule rule(String verbs, String resources) {
        return new Rule(
                List.of(verbs.split(" ")), List.of("", "apps"), List.of(resources.split(" ")), List.of(), List.of());
    }

    private static final RbacWorld USUAL = new RbacWorld(
            List.of(
                    new Role("", "view", List.of(rule("get list watch", "pods pods/log services deployments"))),
                    new Role(
                            "",
                            "edit",
                            List.of(
                                    rule("get list watch", "pods services secrets"),
                                    rule("create update delete", "pods pods/exec deployments"))),
                    new Role(
                            "",
                            "cluster-admin",
                            List.of(new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()))),
                    new Role("", "of-a-controller", List.of(rule("list", "pods")))),
            List.of());

    private static Grant grant(RbacWorld world, String method, String target) {
        return new SmallestGrant(world, any -> true).of(PEOPLE, RequestedActionTest.action(method, target));
    }

    @Test
    void isViewForWhatItShowsInTheWholeCluster() {
        Grant grant = grant(USUAL, "GET", "/api/v1/pods");
        assertThat(grant.fileName()).isEqualTo("gitlab-user-view.yaml");
        assertThat(grant.yaml()).isEqualTo("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata:
                  name: gitlab-user-view
                roleRef:
                  apiGroup: rbac.authorization.k8s.io
                  kind: ClusterRole
                  name: view
                subjects:
                  - kind: Group
                    apiGroup: rbac.authorization.k8s.io
                    name: gitlab:user
                """);
    }

    @Test
    void staysInTheNamespaceThatIsAskedFor() {
        Grant grant = grant(USUAL, "GET", "/api/v1/namespaces/shop/pods");
        assertThat(grant.binding().kind()).isEqualTo("RoleBinding");
        assertThat(grant.fileName()).isEqualTo("shop.gitlab-user-view.yaml");
    }

    @Test
    void changesNeedEdit() {
        assertThat(grant(USUAL, "POST", "/api/v1/namespaces/shop/pods")
                        .binding()
                        .role())
                .isEqualTo("edit");
    }

    @Test
    void readingSecretsIsNoReasonToHandOutEdit() {
        Grant grant = grant(USUAL, "GET", "/api/v1/namespaces/shop/secrets/db");
        assertThat(grant.yaml()).isEqualTo("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata:
                  name: gitlab-user-get-secrets
                  namespace: shop
                rules:
                  - apiGroups: [""]
                    resources: ["secrets"]
                    resourceNames: ["db"]
                    verbs: ["get"]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata:
                  name: gitlab-user-get-secrets
                  namespace: shop
                roleRef:
                  apiGroup: rbac.authorization.k8s.io
                  kind: Role
                  name: gitlab-user-get-secrets
                subjects:
                  - kind: Group
                    apiGroup: rbac.authorization.k8s.io
                    name: gitlab:user
                """);
    }

    @Test
    void anotherRoleThatSuitsIsBetterThanANewOne() {
        RbacWorld crds = new RbacWorld(
                List.of(
                        new Role("", "widgets", List.of(rule("get list watch", "widgets gadgets"))),
                        new Role("", "widgets-only", List.of(rule("get list watch", "widgets")))),
                List.of());
        assertThat(grant(crds, "GET", "/apis/apps/v1/widgets").binding().role()).isEqualTo("widgets-only");
    }

    @Test
    void tellsOfNoRoleThatTheCallerMayNotKnow() {
        SmallestGrant least = new SmallestGrant(USUAL, role -> !role.name().equals("view"));
        Action list = RequestedActionTest.action("GET", "/api/v1/services");
        assertThat(least.of(PEOPLE, list).role()).isPresent();
    }

    @Test
    void takesNoNameThatIsTaken() {
        RbacWorld taken = new RbacWorld(
                USUAL.roles(),
                List.of(new Binding("", "gitlab-user-view", true, "view", List.of(Subject.user("somebody")))));
        assertThat(grant(taken, "GET", "/api/v1/pods").binding().name()).isEqualTo("gitlab-user-view-2");
        // Who may not know what there is does not learn it by the name either.
        assertThat(new SmallestGrant(taken, any -> true, false)
                        .of(PEOPLE, RequestedActionTest.action("GET", "/api/v1/pods"))
                        .binding()
                        .name())
                .isEqualTo("gitlab-user-view");
    }

    @Test
    void quotesWhatYamlWouldReadOtherwise() {
        Binding odd = new Binding("", "on", true, "a: b", List.of(Subject.user("x \"y\" # ü")));
        assertThat(RbacYaml.of(odd)).contains("name: \"on\"", "name: \"a: b\"", "name: \"x \\\"y\\\" # \\u00fc\"");
    }
}
