package io.fairlead.kube.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.testing.property.Property;
import io.fairlead.testing.property.RandomCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The grant in worlds that chance made: it lets the refused in, and nothing of it can be left out. */
class RandomWorldsTest {
    private static final int CASES = 3_000;

    private static final List<String> NAMESPACES = List.of("", "a", "b");
    private static final List<String> VERBS = List.of("get", "list", "watch", "create", "update", "delete", "*");
    private static final List<String> GROUPS = List.of("", "apps", "rbac.authorization.k8s.io", "*");
    private static final List<String> RESOURCES =
            List.of("pods", "pods/log", "secrets", "deployments", "deployments/scale", "*/scale", "roles", "*");
    private static final List<String> NAMES = List.of("p", "q", "");
    private static final List<String> URLS = List.of("/metrics", "/healthz/*", "*");
    /** Those that grants make, too, so that they are taken. */
    private static final List<String> ROLES = List.of(
            "view",
            "edit",
            "admin",
            "own",
            "system:own",
            "gitlab-user-list-pods",
            "gitlab-user-get-secrets",
            "dana-get-pods-log");

    private static final List<Subject> SUBJECTS = List.of(
            Subject.group("gitlab:user"),
            Subject.group("system:authenticated"),
            Subject.group("other"),
            Subject.user("dana"),
            Subject.user("eve"),
            new Subject(Subject.Kind.SERVICE_ACCOUNT, "s", "a"),
            new Subject(Subject.Kind.SERVICE_ACCOUNT, "s", ""),
            new Subject(Subject.Kind.UNKNOWN, "dana", ""));
    private static final List<Caller> CALLERS = List.of(
            Caller.impersonated("dana", List.of("gitlab:user")),
            Caller.impersonated("eve", List.of()),
            Caller.serviceAccount("system:serviceaccount:a:s"));

    @Test
    void theGrantLetsTheRefusedInAndNothingOfItCanBeLeftOut() {
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger bindingsOnly = new AtomicInteger();
        Property.holds(CASES, any -> {
            Caller caller = one(any, CALLERS);
            Action action = action(any);
            RbacWorld world = world(any, action);
            if (world.allows(caller, action)) {
                assertThat(NearestBinding.of(world, caller, action)).isNotNull();
                return;
            }
            refused.incrementAndGet();
            Subject subject = subject(any, caller);
            Grant grant = new SmallestGrant(world, role -> true).of(subject, action);
            assertThat(world.with(grant).allows(caller, action))
                    .as("%s is let do %s by\n%s", caller, action, grant.yaml())
                    .isTrue();
            grant.role().ifPresentOrElse(role -> {}, bindingsOnly::incrementAndGet);
            for (Map.Entry<String, Grant> less : withoutOneThing(grant).entrySet()) {
                assertThat(world.with(less.getValue()).allows(caller, action))
                        .as("without %s of\n%s", less.getKey(), grant.yaml())
                        .isFalse();
            }
            grant.role()
                    .ifPresent(role -> assertThat(world.role(role.namespace(), role.name()))
                            .as("no role is replaced")
                            .isEmpty());
            assertThat(world.binding(
                            grant.binding().namespace(), grant.binding().name()))
                    .as("no binding is replaced")
                    .isEmpty();
        });
        // A property that chance never tries would hold of anything.
        assertThat(refused.get()).isGreaterThan(CASES / 3);
        assertThat(bindingsOnly.get()).isGreaterThan(CASES / 30);
    }

    /** Every grant that is this one but for one object, subject, rule, verb, group, resource or path. */
    private static Map<String, Grant> withoutOneThing(Grant grant) {
        Map<String, Grant> all = new LinkedHashMap<>();
        Binding binding = grant.binding();
        Grant unbound = new Grant(grant.role(), bindingWith(binding, List.of()));
        all.put("the binding", unbound);
        for (Subject subject : binding.subjects()) {
            List<Subject> others = new ArrayList<>(binding.subjects());
            others.remove(subject);
            all.put(subject.text(), new Grant(grant.role(), bindingWith(binding, others)));
        }
        grant.role().ifPresent(role -> {
            all.put("the role", new Grant(Optional.empty(), binding));
            for (int i = 0; i < role.rules().size(); i++) {
                Rule rule = role.rules().get(i);
                List<Rule> others = new ArrayList<>(role.rules());
                others.remove(i);
                all.put("rule " + i, ruled(grant, others));
                for (Rule less : withoutOneWord(rule)) {
                    List<Rule> changed = new ArrayList<>(role.rules());
                    changed.set(i, less);
                    all.put("all but " + less, ruled(grant, changed));
                }
            }
        });
        return all;
    }

    private static Binding bindingWith(Binding binding, List<Subject> subjects) {
        return new Binding(binding.namespace(), binding.name(), binding.clusterRole(), binding.role(), subjects);
    }

    private static Grant ruled(Grant grant, List<Rule> rules) {
        return new Grant(grant.role().map(role -> new Role(role.namespace(), role.name(), rules)), grant.binding());
    }

    private static List<Rule> withoutOneWord(Rule rule) {
        List<Rule> all = new ArrayList<>();
        less(
                rule.verbs(),
                all,
                verbs -> new Rule(
                        verbs, rule.apiGroups(), rule.resources(), rule.resourceNames(), rule.nonResourceUrls()));
        less(
                rule.apiGroups(),
                all,
                groups ->
                        new Rule(rule.verbs(), groups, rule.resources(), rule.resourceNames(), rule.nonResourceUrls()));
        less(
                rule.resources(),
                all,
                resources -> new Rule(
                        rule.verbs(), rule.apiGroups(), resources, rule.resourceNames(), rule.nonResourceUrls()));
        less(
                rule.nonResourceUrls(),
                all,
                urls -> new Rule(rule.verbs(), rule.apiGroups(), rule.resources(), rule.resourceNames(), urls));
        return all;
    }

    private static void less(List<String> words, List<Rule> all, Function<List<String>, Rule> with) {
        for (String word : words) {
            List<String> others = new ArrayList<>(words);
            others.remove(word);
            all.add(with.apply(others));
        }
    }

    private static RbacWorld world(RandomCase any, Action action) {
        List<Role> roles = new ArrayList<>();
        for (int i = any.integer(0, 6); i > 0; i--) {
            List<Rule> rules = new ArrayList<>();
            for (int j = any.integer(0, 3); j > 0; j--) {
                rules.add(rule(any));
            }
            if (any.integer(0, 2) == 0) {
                // Chance alone seldom meets the action, and a suitable role seldom without anything wild in it.
                rules.removeIf(Rule::wild);
                rules.add(Rule.exactly(action));
            }
            roles.add(new Role(one(any, NAMESPACES), one(any, ROLES), rules));
        }
        List<Binding> bindings = new ArrayList<>();
        for (int i = any.integer(0, 6); i > 0; i--) {
            bindings.add(new Binding(
                    one(any, NAMESPACES), one(any, ROLES), any.bool(), one(any, ROLES), some(any, SUBJECTS, 2)));
        }
        return new RbacWorld(roles, bindings);
    }

    private static Rule rule(RandomCase any) {
        return any.integer(0, 7) == 0
                ? new Rule(some(any, VERBS, 2), List.of(), List.of(), List.of(), some(any, URLS, 2))
                : new Rule(
                        some(any, VERBS, 4),
                        some(any, GROUPS, 2),
                        some(any, RESOURCES, 3),
                        any.integer(0, 3) == 0 ? some(any, NAMES, 2) : List.of(),
                        List.of());
    }

    private static Action action(RandomCase any) {
        if (any.integer(0, 9) == 0) {
            return new Action.OnPath("get", one(any, List.of("/metrics", "/healthz/x")));
        }
        String resource = one(any, List.of("pods", "secrets", "deployments", "roles"));
        String sub = one(any, List.of("", "", "log", "scale"));
        String group = one(any, List.of("", "", "apps", "rbac.authorization.k8s.io"));
        return new Action.OnResource(
                one(any, VERBS.subList(0, 6)), group, resource, sub, one(any, NAMESPACES), one(any, NAMES));
    }

    private static Subject subject(RandomCase any, Caller caller) {
        int which = any.integer(0, caller.groups().size());
        return which == 0
                ? Subject.ofUserName(caller.user())
                : Subject.group(caller.groups().get(which - 1));
    }

    private static <T> T one(RandomCase any, List<T> all) {
        return all.get(any.random().nextInt(all.size()));
    }

    private static <T> List<T> some(RandomCase any, List<T> all, int max) {
        List<T> some = new ArrayList<>();
        for (int i = any.random().nextInt(max + 1); i > 0; i--) {
            some.add(one(any, all));
        }
        return some.stream().distinct().toList();
    }
}
