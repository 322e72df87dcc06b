package io.fairlead.kube.rbac;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All roles and bindings of a cluster at one moment, and Kubernetes' own decision by them. Another authorizer of the cluster
 * (a webhook, the node authorizer) may allow what these do not; none forbids what they allow.
 */
public final class RbacWorld {
    private record Name(String namespace, String name) {}

    private final Map<Name, Role> roles = new HashMap<>();
    private final Map<Name, Binding> bindings = new HashMap<>();

    public RbacWorld(Collection<Role> roles, Collection<Binding> bindings) {
        roles.forEach(role -> this.roles.put(new Name(role.namespace(), role.name()), role));
        bindings.forEach(binding -> this.bindings.put(new Name(binding.namespace(), binding.name()), binding));
    }

    public Collection<Role> roles() {
        return roles.values();
    }

    public Collection<Binding> bindings() {
        return bindings.values();
    }

    /** The role that a binding names; nothing when there is none. */
    public Optional<Role> roleOf(Binding binding) {
        if (binding.namespace().isEmpty() && !binding.clusterRole()) {
            return Optional.empty();
        }
        return role(binding.clusterRole() ? "" : binding.namespace(), binding.role());
    }

    Optional<Role> role(String namespace, String name) {
        return Optional.ofNullable(roles.get(new Name(namespace, name)));
    }

    Optional<Binding> binding(String namespace, String name) {
        return Optional.ofNullable(bindings.get(new Name(namespace, name)));
    }

    public boolean allows(Caller caller, Action action) {
        return caller.groups().contains(Caller.MASTERS)
                || bindings.values().stream()
                        .anyMatch(binding -> binding.holdsIn(action.namespace())
                                && binding.binds(caller)
                                && allows(binding, action));
    }

    /** Whether the role of {@code binding} allows it, whoever and wherever is asked about. */
    boolean allows(Binding binding, Action action) {
        return roleOf(binding).filter(role -> role.allows(action)).isPresent();
    }

    /** The bindings by which anybody may do it, by kind, namespace and name. */
    public List<Binding> allowing(Action action) {
        return bindings.values().stream()
                .filter(binding -> binding.holdsIn(action.namespace()) && allows(binding, action))
                .sorted(Comparator.comparing(Binding::text))
                .toList();
    }

    /** This world once {@code grant} is applied, which replaces what has the same name. */
    public RbacWorld with(Grant grant) {
        List<Role> allRoles = new ArrayList<>(roles.values());
        grant.role().ifPresent(allRoles::add);
        List<Binding> allBindings = new ArrayList<>(bindings.values());
        allBindings.add(grant.binding());
        return new RbacWorld(allRoles, allBindings);
    }
}
