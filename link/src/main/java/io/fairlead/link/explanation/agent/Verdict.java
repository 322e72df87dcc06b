package io.fairlead.link.explanation.agent;

import io.fairlead.kube.rbac.Action;
import io.fairlead.kube.rbac.Caller;
import io.fairlead.kube.rbac.Grant;
import io.fairlead.kube.rbac.NearestBinding;
import io.fairlead.kube.rbac.RbacWorld;
import io.fairlead.kube.rbac.Role;
import io.fairlead.kube.rbac.SmallestGrant;
import io.fairlead.kube.rbac.Subject;
import java.util.Optional;

/** What the cluster's roles say about one action of one caller, as far as that caller may know it. */
sealed interface Verdict {
    /** They may, so whatever refused them was something else. */
    record Allowed() implements Verdict {}

    /**
     * They may not.
     *
     * @param namesKnown whether the grant's names are known to be free
     */
    record Forbidden(Optional<NearestBinding> nearest, Grant grant, boolean namesKnown) implements Verdict {}

    static Verdict of(RbacWorld world, Caller caller, String configProject, Action action) {
        if (world.allows(caller, action)) {
            return new Allowed();
        }
        boolean knows = knowsBindings(world, caller, configProject);
        SmallestGrant least = leastKnown(world, knows);
        boolean forAll = action.reads() && least.suitableRole(action).isPresent();
        Subject subject = GrantSubject.of(caller, configProject, forAll);
        Optional<NearestBinding> nearest = NearestBinding.of(world, caller, action)
                .filter(near -> knows || near.gap() != NearestBinding.Gap.SUBJECT);
        return new Forbidden(nearest, least.of(subject, action), knows);
    }

    /**
     * Whether the caller may hear of bindings that are not theirs: who maintains the agent's project, and who may read them in
     * the cluster anyway.
     */
    static boolean knowsBindings(RbacWorld world, Caller caller, String configProject) {
        return (!configProject.isEmpty()
                        && caller.groups().contains("gitlab:project_role:" + configProject + ":maintainer"))
                || (world.allows(caller, listing("clusterrolebindings"))
                        && world.allows(caller, listing("rolebindings")));
    }

    /** Others hear of the roles that every cluster has for people, and not which names of roles and bindings are taken. */
    static SmallestGrant leastKnown(RbacWorld world, boolean knowsBindings) {
        return new SmallestGrant(world, role -> knowsBindings || everywhere(role), knowsBindings);
    }

    private static boolean everywhere(Role role) {
        return role.namespace().isEmpty() && SmallestGrant.FOR_PEOPLE.contains(role.name());
    }

    private static Action listing(String resource) {
        return new Action.OnResource("list", "rbac.authorization.k8s.io", resource, "", "", "");
    }
}
