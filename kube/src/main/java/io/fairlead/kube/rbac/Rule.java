package io.fairlead.kube.rbac;

import java.util.List;

/** One rule of a role: each of {@code verbs} with each of what the other lists name. */
public record Rule(
        List<String> verbs,
        List<String> apiGroups,
        List<String> resources,
        List<String> resourceNames,
        List<String> nonResourceUrls) {
    static final String ANY = "*";

    public Rule {
        verbs = List.copyOf(verbs);
        apiGroups = List.copyOf(apiGroups);
        resources = List.copyOf(resources);
        resourceNames = List.copyOf(resourceNames);
        nonResourceUrls = List.copyOf(nonResourceUrls);
    }

    /** The rule that allows this action and nothing else. */
    static Rule exactly(Action action) {
        List<String> verbs = List.of(action.verb());
        return switch (action) {
            case Action.OnResource on ->
                new Rule(
                        verbs,
                        List.of(on.apiGroup()),
                        List.of(on.combined()),
                        on.name().isEmpty() ? List.of() : List.of(on.name()),
                        List.of());
            case Action.OnPath(String verb, String path) ->
                new Rule(verbs, List.of(), List.of(), List.of(), List.of(path));
        };
    }

    boolean allows(Action action) {
        return switch (action) {
            case Action.OnResource on ->
                namesVerb(on.verb())
                        && namesGroup(on.apiGroup())
                        && namesResource(on.combined(), on.subresource())
                        && namesObject(on.name());
            case Action.OnPath(String verb, String path) -> namesVerb(verb) && namesPath(path);
        };
    }

    boolean namesVerb(String verb) {
        return verbs.contains(ANY) || verbs.contains(verb);
    }

    boolean namesGroup(String group) {
        return apiGroups.contains(ANY) || apiGroups.contains(group);
    }

    boolean namesResource(String combined, String subresource) {
        return resources.contains(ANY)
                || resources.contains(combined)
                || (!subresource.isEmpty() && resources.contains("*/" + subresource));
    }

    /** A rule that names no objects is for all; one that does is for no request without a name. */
    boolean namesObject(String name) {
        return resourceNames.isEmpty() || resourceNames.contains(name);
    }

    boolean namesPath(String path) {
        return nonResourceUrls.stream()
                .anyMatch(url -> url.equals(ANY)
                        || url.equals(path)
                        || (url.endsWith(ANY) && path.startsWith(withoutStars(url))));
    }

    private static String withoutStars(String url) {
        int end = url.length();
        while (end > 0 && url.charAt(end - 1) == '*') {
            end--;
        }
        return url.substring(0, end);
    }

    /** Whether any list says everything. */
    boolean wild() {
        return verbs.contains(ANY)
                || apiGroups.contains(ANY)
                || resources.contains(ANY)
                || nonResourceUrls.stream().anyMatch(url -> url.endsWith(ANY));
    }

    boolean reads() {
        return Action.READING.containsAll(verbs);
    }

    /** How many pairs of a verb and a thing it allows, names of objects left aside. */
    long size() {
        return (long) verbs.size() * (resources.size() * (long) Math.max(1, apiGroups.size()) + nonResourceUrls.size());
    }
}
