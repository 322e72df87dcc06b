package io.fairlead.kube.rbac;

import java.util.Optional;

/**
 * What would let somebody do something.
 *
 * @param role a new role, when none of the cluster's suits
 */
public record Grant(Optional<Role> role, Binding binding) {
    /** As kubectl and Flux apply it, each line ended. */
    public String yaml() {
        return role.map(RbacYaml::of).map(text -> text + "---\n").orElse("") + RbacYaml.of(binding);
    }

    /** The file to keep it in; a namespace has no dot in its name, so no two grants share one. */
    public String fileName() {
        String where = binding.namespace().isEmpty() ? "" : binding.namespace() + ".";
        return where + binding.name() + ".yaml";
    }

    /** For people: {@code ClusterRoleBinding gitlab-user-view of ClusterRole view to Group gitlab:user}. */
    public String text() {
        return (role.isPresent() ? "a new " + binding.roleKind() + " and the " : "the ")
                + binding.text() + " of " + binding.roleKind() + " " + binding.role() + " to "
                + binding.subjects().getFirst().text();
    }
}
