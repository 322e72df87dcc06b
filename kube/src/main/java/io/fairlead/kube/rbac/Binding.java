package io.fairlead.kube.rbac;

import java.util.List;

/**
 * A RoleBinding, or a ClusterRoleBinding when {@code namespace} is empty.
 *
 * @param clusterRole whether it names a ClusterRole rather than a Role of its namespace
 * @param role the role's name; there may be none of it
 */
public record Binding(String namespace, String name, boolean clusterRole, String role, List<Subject> subjects) {
    public Binding {
        subjects = List.copyOf(subjects);
    }

    public String kind() {
        return namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding";
    }

    public String roleKind() {
        return clusterRole ? "ClusterRole" : "Role";
    }

    /** For people: {@code RoleBinding default/readers}. */
    public String text() {
        return kind() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }

    /** Whether it names the caller. */
    public boolean binds(Caller caller) {
        return subjects.stream().anyMatch(subject -> subject.is(caller, namespace));
    }

    /** Whether it counts for what happens in {@code where}; empty is the whole cluster. */
    boolean holdsIn(String where) {
        return namespace.isEmpty() || namespace.equals(where);
    }
}
