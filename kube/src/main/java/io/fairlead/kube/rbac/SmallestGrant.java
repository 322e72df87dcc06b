package io.fairlead.kube.rbac;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The least that would let a subject do something: one new binding where a role of the cluster suits, else that and a new role
 * of one rule; in one namespace where the action is in one. docs/internals/explanation.md says why this is called the least.
 */
public final class SmallestGrant {
    /** Kubernetes' own roles for people, in the order of what they allow; admin, which hands out rights, is taken for nothing else. */
    public static final List<String> FOR_PEOPLE = List.of("view", "edit", "admin");

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final int NAME_LENGTH_MAX = 200;

    private final RbacWorld world;
    private final Predicate<Role> known;
    private final boolean namesKnown;

    /**
     * @param known the roles that whoever asks may be told of
     * @param namesKnown whether they may hear which names are taken; else the usual ones are proposed, taken or not
     */
    public SmallestGrant(RbacWorld world, Predicate<Role> known, boolean namesKnown) {
        this.world = world;
        this.known = known;
        this.namesKnown = namesKnown;
    }

    /** For somebody who may know all of it. */
    public SmallestGrant(RbacWorld world, Predicate<Role> known) {
        this(world, known, true);
    }

    /** A role that suits: it is there, allows the action, and what else it allows is of the same sort. */
    public Optional<Role> suitableRole(Action action) {
        return world.roles().stream()
                .filter(role -> role.namespace().isEmpty()
                        || (!action.namespace().isEmpty() && role.namespace().equals(action.namespace())))
                .filter(role -> suits(role, action))
                .filter(known)
                .min(Comparator.comparingInt(SmallestGrant::rank)
                        .thenComparingLong(Role::size)
                        .thenComparing(Role::namespace)
                        .thenComparing(Role::name));
    }

    private static int rank(Role role) {
        int rank = role.namespace().isEmpty() ? FOR_PEOPLE.indexOf(role.name()) : -1;
        return rank < 0 ? FOR_PEOPLE.size() : rank;
    }

    /** Reading by what only reads and shows no secrets; changes by what hands out no rights; never by what says "everything". */
    private static boolean suits(Role role, Action action) {
        if (!role.allows(action) || role.wild() || role.name().startsWith("system:")) {
            return false;
        }
        Optional<Action.OnResource> on =
                action instanceof Action.OnResource resource ? Optional.of(resource) : Optional.empty();
        if (action.reads()) {
            boolean secrets = on.filter(asked ->
                            asked.apiGroup().isEmpty() && asked.resource().equals("secrets"))
                    .isPresent();
            return role.reads() && (secrets || !role.touches("", "secrets"));
        }
        boolean rights = on.filter(asked -> asked.apiGroup().equals(RBAC)).isPresent();
        return rights || !role.changes(RBAC);
    }

    /** What would let {@code subject} do it. Whoever asks has seen that it may not. */
    public Grant of(Subject subject, Action action) {
        Optional<Role> there = suitableRole(action);
        String who = part(subject.name());
        if (there.isPresent()) {
            Role role = there.get();
            return new Grant(Optional.empty(), binding(action, who + "-" + part(role.name()), role, subject));
        }
        String name = freeRoleName(action.namespace(), who + "-" + what(action));
        Role role = new Role(action.namespace(), name, List.of(Rule.exactly(action)));
        return new Grant(Optional.of(role), binding(action, name, role, subject));
    }

    private Binding binding(Action action, String name, Role role, Subject subject) {
        String namespace = action.namespace();
        String free = free(name, taken -> world.binding(namespace, taken).isPresent());
        return new Binding(namespace, free, role.namespace().isEmpty(), role.name(), List.of(subject));
    }

    /** Not even one that a binding waits for: the new role would make that binding count as well. */
    private String freeRoleName(String namespace, String name) {
        return free(
                name,
                taken -> world.role(namespace, taken).isPresent()
                        || world.bindings().stream()
                                .anyMatch(binding ->
                                        binding.role().equals(taken) && binding.clusterRole() == namespace.isEmpty()));
    }

    private String free(String name, Predicate<String> taken) {
        String free = name;
        for (int i = 2; namesKnown && taken.test(free); i++) {
            free = name + "-" + i;
        }
        return free;
    }

    private static String what(Action action) {
        return part(
                switch (action) {
                    case Action.OnResource on -> on.verb() + "-" + on.combined();
                    case Action.OnPath on -> on.verb() + "-" + on.path();
                });
    }

    /** {@code gitlab:project_role:3:developer} is {@code gitlab-project-role-3-developer}. */
    private static String part(String text) {
        String dashed =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        String part = dashed.isEmpty() ? "x" : dashed;
        return part.length() <= NAME_LENGTH_MAX / 2 ? part : part.substring(0, NAME_LENGTH_MAX / 2);
    }
}
