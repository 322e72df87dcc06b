package io.fairlead.kube.rbac;

import java.util.List;

/** A Role, or a ClusterRole when {@code namespace} is empty; of an aggregated one the rules it has come to have. */
public record Role(String namespace, String name, List<Rule> rules) {
    public Role {
        rules = List.copyOf(rules);
    }

    public String kind() {
        return namespace.isEmpty() ? "ClusterRole" : "Role";
    }

    boolean allows(Action action) {
        return rules.stream().anyMatch(rule -> rule.allows(action));
    }

    boolean wild() {
        return rules.stream().anyMatch(Rule::wild);
    }

    boolean reads() {
        return rules.stream().allMatch(Rule::reads);
    }

    boolean touches(String apiGroup, String resource) {
        return rules.stream().anyMatch(rule -> rule.namesGroup(apiGroup) && rule.namesResource(resource, ""));
    }

    boolean changes(String apiGroup) {
        return rules.stream().anyMatch(rule -> !rule.reads() && rule.namesGroup(apiGroup));
    }

    long size() {
        return rules.stream().mapToLong(Rule::size).sum();
    }
}
