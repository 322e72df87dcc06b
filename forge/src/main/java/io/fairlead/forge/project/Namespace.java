package io.fairlead.forge.project;

import org.jspecify.annotations.Nullable;

/**
 * What projects live in: a person's own, or a group.
 *
 * @param kind {@code user} or {@code group}
 * @param ownerId the person whose own it is
 */
public record Namespace(
        long id,
        String kind,
        String name,
        String path,
        String fullPath,
        @Nullable Long parentId,
        @Nullable Long ownerId) {}
