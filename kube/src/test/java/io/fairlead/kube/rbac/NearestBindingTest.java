package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestBindingTest {
    private static final Caller DANA = Caller.impersonated("dana", List.of("gitlab:user"));
    private static final Role VIEW = new Role(
            "",
            "view",
            List.of(new Rule(
                    List.of("get", "list"), List.of(""), List.of("pods", "configmaps"), List.of(), List.of())));
    private static final Role ONE = new Role(
            "", "one", List.of(new Rule(List.of("get"), List.of(""), List.of("secrets"), List.of("mine"), List.of())));
    private static final RbacWorld WORLD = new RbacWorld(
            List.of(VIEW, ONE),
            List.of(
                    new Binding("", "everywhere", true, "view", List.of(Subject.user("dana"))),
                    new Binding("a", "named", true, "one", List.of(Subject.group("gitlab:user"))),
                    new Binding("c", "dangling", true, "gone", List.of(Subject.user("dana"))),
                    new Binding("", "system:controller", true, "one", List.of(Subject.user("else"))),
                    new Binding("d", "others", true, "one", List.of(Subject.user("else")))));

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/namespaces/a/secrets/other, named, OBJECT",
        "GET, /api/v1/namespaces/b/secrets/mine, named, NAMESPACE",
        "DELETE, /api/v1/namespaces/b/pods/p, everywhere, VERB",
        "GET, /api/v1/namespaces/b/pods/p/log, everywhere, SUBRESOURCE",
        "GET, /apis/metrics.k8s.io/v1/namespaces/b/pods, everywhere, API_GROUP",
        "GET, /api/v1/namespaces/c/services, dangling, ROLE"
    })
    void isTheOneThatLacksOneThing(String method, String path, String binding, NearestBinding.Gap gap) {
        NearestBinding near = NearestBinding.of(WORLD, DANA, RequestedActionTest.action(method, path))
                .orElseThrow();
        assertThat(near.binding().name()).isEqualTo(binding);
        assertThat(near.gap()).isEqualTo(gap);
    }

    @Test
    void isAnothersWhenNoneIsTheirs() {
        Caller eve = Caller.impersonated("eve", List.of());
        NearestBinding near = NearestBinding.of(
                        WORLD, eve, RequestedActionTest.action("GET", "/api/v1/namespaces/d/secrets/mine"))
                .orElseThrow();
        assertThat(near.binding().name()).isEqualTo("others");
        assertThat(near.gap()).isEqualTo(NearestBinding.Gap.SUBJECT);
        assertThat(NearestBinding.of(WORLD, eve, RequestedActionTest.action("GET", "/api/v1/namespaces/a/nodes")))
                .isEmpty();
    }
}
