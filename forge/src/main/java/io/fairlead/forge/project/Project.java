package io.fairlead.forge.project;

import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.namespace.Namespace;
import java.time.Instant;
import java.util.Optional;
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
    /** What is to become of a project; what is empty stays. */
    public record Change(
            Optional<Long> namespaceId,
            Optional<String> name,
            Optional<String> path,
            Optional<String> description,
            Optional<Visibility> visibility,
            Optional<String> defaultBranch) {
        /** A change of nothing but the namespace. */
        static Change to(long namespaceId) {
            return new Change(
                    Optional.of(namespaceId),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

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
