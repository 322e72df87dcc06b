package io.fairlead.kube.rbac;

import java.util.Set;

/** What a request wants, as an API server's authorizers see it. */
public sealed interface Action {
    /** The verbs that change nothing. */
    Set<String> READING = Set.of("get", "list", "watch");

    String verb();

    /** Where it happens; empty when in no one namespace. */
    String namespace();

    /** For people: {@code list pods in namespace "default"}. */
    String text();

    default boolean reads() {
        return READING.contains(verb());
    }

    /**
     * Something with objects.
     *
     * @param apiGroup empty for the core group
     * @param subresource such as {@code log}; empty for the object itself
     * @param namespace empty for all namespaces, or for what is in none
     * @param name empty when no one object is named
     */
    record OnResource(String verb, String apiGroup, String resource, String subresource, String namespace, String name)
            implements Action {
        /** As rules write it: {@code pods} or {@code pods/log}. */
        public String combined() {
            return subresource.isEmpty() ? resource : resource + "/" + subresource;
        }

        @Override
        public String text() {
            String what = apiGroup.isEmpty() ? combined() : combined() + " of " + apiGroup;
            String which = name.isEmpty() ? "" : " \"" + name + "\"";
            String where = namespace.isEmpty() ? " in the whole cluster" : " in namespace \"" + namespace + "\"";
            return verb + " " + what + which + where;
        }
    }

    /** Something with a path that is no object's, such as {@code /metrics}. */
    record OnPath(String verb, String path) implements Action {
        @Override
        public String namespace() {
            return "";
        }

        @Override
        public String text() {
            return verb + " the path " + path;
        }
    }
}
