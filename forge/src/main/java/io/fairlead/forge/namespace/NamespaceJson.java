package io.fairlead.forge.namespace;

import org.jspecify.annotations.Nullable;

/** A namespace as projects and lists of namespaces show it. */
public record NamespaceJson(
        long id,
        String name,
        String path,
        String kind,
        String fullPath,
        @Nullable Long parentId,
        @Nullable String avatarUrl,
        String webUrl) {
    public static NamespaceJson of(Namespace namespace, String externalUrl) {
        return new NamespaceJson(
                namespace.id(),
                namespace.name(),
                namespace.path(),
                namespace.kind().text(),
                namespace.fullPath(),
                namespace.parentId(),
                null,
                externalUrl + (namespace.group() ? "/groups/" : "/") + namespace.fullPath());
    }
}
