package io.fairlead.forge.project;

import io.fairlead.forge.access.Visibility;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A project: a name in a namespace, with a repository.
 *
 * @param fullPath as its maker wrote it; looked up without regard to case
 * @param defaultBranch short name; need not exist yet
 */
public record Project(
        long id,
        Namespace namespace,
        String name,
        String path,
        String fullPath,
        @Nullable String description,
        Visibility visibility,
        String defaultBranch,
        long creatorId,
        Instant createdAt) {
    /** What a new project is to be. */
    public record Draft(
            long namespaceId,
            String name,
            String path,
            @Nullable String description,
            Visibility visibility,
            String defaultBranch,
            long creatorId) {}
}
