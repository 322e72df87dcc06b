package io.fairlead.link.kubeapi.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.link.kubeapi.rpc.ExtraKeyVal;
import io.fairlead.link.kubeapi.rpc.ImpersonationConfig;
import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalPolicyTest {
    private static final LocalPolicy PEOPLE = policy(List.of("gitlab:user:*"), List.of("gitlab:*"), Optional.empty());
    private static final LocalPolicy SHOP =
            policy(List.of("*"), List.of("*"), Optional.of(List.of("shop", "review-*")));

    private static LocalPolicy policy(List<String> users, List<String> groups, Optional<List<String>> namespaces) {
        return new LocalPolicy("/etc/policy.yaml", users, groups, List.of(), LocalPolicy.EXTRA_KEYS, namespaces);
    }

    private static ImpersonationConfig.Builder as(String user, String... groups) {
        return ImpersonationConfig.newBuilder().setUsername(user).addAllGroups(List.of(groups));
    }

    private static Optional<String> refusal(LocalPolicy policy, ImpersonationConfig.Builder as) {
        return policy.refusal("GET", "/api/v1/pods", Optional.of(as.build()));
    }

    @Test
    void letsThroughWhomItNames() {
        assertThat(refusal(
                        PEOPLE,
                        as("gitlab:user:dana", "gitlab:user", "gitlab:project_role:3:developer")
                                .addExtra(ExtraKeyVal.newBuilder()
                                        .setKey("agent.gitlab.com/username")
                                        .addVal("dana"))))
                .isEmpty();
    }

    @Test
    void refusesEverybodyElseAndSaysWhatToChange() {
        assertThat(refusal(PEOPLE, as("gitlab:ci_job:5")))
                .contains("the local policy of this agent (/etc/policy.yaml) does not allow this: it has no user"
                        + " \"gitlab:ci_job:5\"; let who runs the agent add it to users there, if that is meant");
        assertThat(refusal(PEOPLE, as("gitlab:user:dana", "gitlab:user", "system:masters")))
                .hasValueSatisfying(text ->
                        assertThat(text).contains("no group \"system:masters\"").contains("to groups there"));
        assertThat(refusal(PEOPLE, as("gitlab:user:dana").setUid("1")))
                .hasValueSatisfying(text -> assertThat(text).contains("no uid \"1\""));
        assertThat(refusal(
                        PEOPLE,
                        as("gitlab:user:dana").addExtra(ExtraKeyVal.newBuilder().setKey("Scopes"))))
                .hasValueSatisfying(
                        text -> assertThat(text).contains("no extra \"Scopes\"").contains("extra_keys"));
        assertThat(refusal(PEOPLE, as(""))).isPresent();
    }

    @Test
    void lendsNobodyTheAgentsOwnRights() {
        assertThat(SHOP.refusal("GET", "/api/v1/namespaces/shop/pods", Optional.empty()))
                .hasValueSatisfying(text -> assertThat(text)
                        .contains("nobody acts as the agent itself")
                        .contains("access_as"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /api/v1/namespaces/shop/pods,                          true",
        "POST,   /apis/apps/v1/namespaces/review-5/deployments,         true",
        "GET,    /api/v1/namespaces/shop,                               true",
        "HEAD,   /api/v1/namespaces/shop/,                              true",
        "GET,    /api/v1/namespaces/shop/status,                        true",
        "DELETE, /api/v1/namespaces/shop,                               false",
        "DELETE, /api/v1/namespaces/shop/,                              false",
        "PATCH,  /api/v1/namespaces/shop,                               false",
        "PUT,    /api/v1/namespaces/shop/finalize,                      false",
        "PATCH,  /api/v1/namespaces/shop/status,                        false",
        "DELETE, /api/v1/namespaces/shop/pods,                          true",
        "GET,    /apis/explain.fairlead.dev/v1/why,                     true",
        "POST,   /apis/explain.fairlead.dev/v1/why,                     false",
        "GET,    /apis/explain.fairlead.dev/v1/../x,                    false",
        "GET,    /apis/explain.fairlead.devil/v1/why,                   false",
        "POST,   /api/v1/namespaces/shop/pods/a/exec,                   true",
        "GET,    /api/v1/namespaces/shop/pods/,                         true",
        "GET,    /api,                                                  true",
        "GET,    /apis/apps/v1,                                         true",
        "HEAD,   /version,                                              true",
        "GET,    /openapi/v3/apis/apps/v1,                              true",
        "GET,    /readyz/etcd,                                          true",
        "GET,    /api/v1/namespaces/kube-system/secrets,                false",
        "GET,    /api/v1/namespaces/shop2/pods,                         false",
        "GET,    /api/v1/pods,                                          false",
        "GET,    /api/v1/namespaces,                                    false",
        "GET,    /api/v1/nodes,                                         false",
        "GET,    /api/v1/watch/namespaces/shop/pods,                    false",
        "GET,    /apis/rbac.authorization.k8s.io/v1/clusterroles,       false",
        "DELETE, /api,                                                  false",
        "POST,   /version,                                              false",
        "GET,    /metrics,                                              false",
        "GET,    /,                                                     false",
        "GET,    '',                                                    false",
        "GET,    /api/v1/namespaces//pods,                              false",
        "GET,    //api/v1/namespaces/kube-system/pods,                  false",
        "GET,    /api/v1/namespaces/shop/../kube-system/secrets,        false",
        "GET,    /api/v1/namespaces/./pods,                             false",
        "GET,    /API/v1/namespaces/shop/pods,                          false",
        "GET,    /apis/namespaces/shop/pods,                            false"
    })
    void goesToItsNamespacesOnly(String method, String path, boolean passes) {
        assertThat(SHOP.refusal(method, path, Optional.of(as("dana").build())).isEmpty())
                .isEqualTo(passes);
    }

    @Test
    void anEmptyListOfNamespacesIsNone() {
        LocalPolicy none = policy(List.of("*"), List.of("*"), Optional.of(List.of()));
        assertThat(none.refusal(
                        "GET",
                        "/api/v1/namespaces/shop/pods",
                        Optional.of(as("dana").build())))
                .isPresent();
        assertThat(none.refusal("GET", "/api", Optional.of(as("dana").build()))).isEmpty();
    }

    private static String name(RandomCase any) {
        return any.joined(4, List.of("gitlab:", "user", "system:", "masters", "a", "1"));
    }

    private static String pattern(RandomCase any) {
        return any.joined(4, List.of("gitlab:", "user", "system:", "masters", "a", "*"));
    }

    private static boolean fits(List<String> patterns, String name) {
        return patterns.stream()
                .anyMatch(
                        pattern -> Pattern.matches("(?s)" + ("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"), name));
    }

    /** What passes has no part that the policy does not name, and what has none such passes. */
    @Test
    void nothingPassesOfWhichAPartIsNotNamed() {
        int[] passed = new int[1];
        Property.holds(20_000, any -> {
            LocalPolicy policy = new LocalPolicy(
                    "p",
                    any.list(3, LocalPolicyTest::pattern),
                    any.list(3, LocalPolicyTest::pattern),
                    any.list(2, LocalPolicyTest::pattern),
                    any.list(2, LocalPolicyTest::pattern),
                    Optional.empty());
            ImpersonationConfig.Builder as = ImpersonationConfig.newBuilder()
                    .setUsername(name(any))
                    .addAllGroups(any.list(3, LocalPolicyTest::name))
                    .setUid(any.integer(0, 3) == 0 ? name(any) : "");
            for (String key : any.list(2, LocalPolicyTest::name)) {
                as.addExtra(ExtraKeyVal.newBuilder().setKey(key).addVal("v"));
            }
            boolean named = fits(policy.users(), as.getUsername())
                    && as.getGroupsList().stream().allMatch(group -> fits(policy.groups(), group))
                    && (as.getUid().isEmpty() || fits(policy.uids(), as.getUid()))
                    && as.getExtraList().stream().allMatch(extra -> fits(policy.extraKeys(), extra.getKey()));
            assertThat(refusal(policy, as).isEmpty()).isEqualTo(named);
            passed[0] += named ? 1 : 0;
        });
        assertThat(passed[0]).isGreaterThan(100);
    }

    /** Whatever the path, what passes is read of the server or lies in a namespace that is named. */
    @Test
    void noSpellingOfAPathLeadsOutOfTheNamespaces() {
        Pattern inside = Pattern.compile("/*(api/[^/]+|apis/[^/]+/[^/]+)/namespaces/(shop|review-[^/]*)(/.*)?");
        Pattern itself = Pattern.compile("/*(api/[^/]+|apis/[^/]+/[^/]+)/namespaces/[^/]+/*");
        Pattern reading =
                Pattern.compile("/*(api(/[^/]+)?|apis(/[^/]+){0,2}|version|(openapi|healthz|livez|readyz)(/.*)?)/*");
        Property.holds(50_000, any -> {
            String path = any.joined(
                    9,
                    List.of(
                            "/",
                            "/",
                            "api",
                            "apis",
                            "v1",
                            "apps",
                            "namespaces",
                            "shop",
                            "review-1",
                            "kube-system",
                            "pods",
                            "..",
                            ".",
                            "version",
                            "openapi",
                            "%2f",
                            "\\",
                            "\0"));
            String method = any.of("GET", "POST", "HEAD", "get");
            if (SHOP.refusal(method, path, Optional.of(as("dana").build())).isEmpty()) {
                boolean read = method.equals("GET") || method.equals("HEAD");
                assertThat(inside.matcher(path).matches()
                                || (read && reading.matcher(path).matches()))
                        .as("%s %s", method, path)
                        .isTrue();
                assertThat(read || !itself.matcher(path).matches())
                        .as("%s %s", method, path)
                        .isTrue();
                assertThat(path.split("/")).doesNotContain("..", ".");
            }
        });
    }
}
