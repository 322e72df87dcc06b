package io.fairlead.forge.namespace;

import io.fairlead.forge.access.Visibility;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What projects live in.
 *
 * @param fullPath as its maker wrote it; looked up without regard to case
 * @param parentId the group it is in
 * @param ownerId the person whose own it is
 */
public record Namespace(
        long id,
        Kind kind,
        String name,
        String path,
        String fullPath,
        @Nullable String description,
        Visibility visibility,
        @Nullable Long parentId,
        @Nullable Long ownerId,
        Instant createdAt) {
    /** A person's own namespace, or a group. */
    public enum Kind {
        USER,
        GROUP;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean group() {
        return kind == Kind.GROUP;
    }

    /** The first part of the path: what shares it belongs together. */
    public static String root(String fullPath) {
        int slash = fullPath.indexOf('/');
        return (slash < 0 ? fullPath : fullPath.substring(0, slash)).toLowerCase(Locale.ROOT);
    }

    /** What a new group is to be. */
    public record Draft(
            @Nullable Long parentId,
            String name,
            String path,
            @Nullable String description,
            Visibility visibility,
            long creatorId) {}

    /** What is to become of a group; what is empty stays. */
    public record Change(
            Optional<String> name,
            Optional<String> path,
            Optional<String> description,
            Optional<Visibility> visibility) {}
}
