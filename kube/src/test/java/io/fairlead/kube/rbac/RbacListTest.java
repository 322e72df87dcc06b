package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fairlead.base.error.FairleadException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RbacListTest {
    @Test
    void readsRolesAndLeavesTheRest() {
        RbacList page = RbacList.ofRoles("""
                {"kind":"ClusterRoleList","metadata":{"resourceVersion":"7","continue":"abc"},"items":[
                 {"metadata":{"name":"view","labels":{"name":"no"},"managedFields":[{"name":"no"}]},
                  "aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]},
                  "rules":[{"verbs":["get","list"],"apiGroups":["","apps"],"resources":["pods"],"resourceNames":["p"]},
                           {"nonResourceURLs":["/version"],"verbs":["get"]}]},
                 {"metadata":{"name":"empty","namespace":"a"},"rules":null}]}
                """);
        assertThat(page.next()).isEqualTo("abc");
        assertThat(page.roles())
                .containsExactly(
                        new Role(
                                "",
                                "view",
                                List.of(
                                        new Rule(
                                                List.of("get", "list"),
                                                List.of("", "apps"),
                                                List.of("pods"),
                                                List.of("p"),
                                                List.of()),
                                        new Rule(
                                                List.of("get"), List.of(), List.of(), List.of(), List.of("/version")))),
                        new Role("a", "empty", List.of()));
    }

    @Test
    void readsBindings() {
        RbacList page = RbacList.ofBindings("""
                {"items":[{"metadata":{"name":"b","namespace":"a"},
                 "subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"x"},
                             {"kind":"ServiceAccount","name":"s","namespace":"n"},{"kind":"Odd","name":"x"}],
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"view"}}],"metadata":{}}
                """);
        assertThat(page.next()).isEmpty();
        assertThat(page.bindings())
                .containsExactly(new Binding(
                        "a",
                        "b",
                        true,
                        "view",
                        List.of(
                                Subject.user("x"),
                                new Subject(Subject.Kind.SERVICE_ACCOUNT, "s", "n"),
                                new Subject(Subject.Kind.UNKNOWN, "x", ""))));
    }

    @Test
    void refusesHalfAList() {
        assertThatThrownBy(() -> RbacList.ofRoles("{\"items\":[{\"metadata\":{\"name\":\"v\"}"))
                .isInstanceOf(FairleadException.class);
    }
}
