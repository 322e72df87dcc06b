package io.fairlead.forge.project;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.member.ShareJson;
import io.fairlead.forge.namespace.NamespaceJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A project as the API shows it. */
record ProjectJson(
        long id,
        @Nullable String description,
        String name,
        String nameWithNamespace,
        String path,
        String pathWithNamespace,
        String createdAt,
        String defaultBranch,
        List<String> tagList,
        List<String> topics,
        String sshUrlToRepo,
        String httpUrlToRepo,
        String webUrl,
        String readmeUrl,
        @Nullable String avatarUrl,
        String lastActivityAt,
        NamespaceJson namespace,
        boolean emptyRepo,
        boolean archived,
        String visibility,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String importStatus,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Owner owner,
        long creatorId,
        List<ShareJson> sharedWithGroups,
        Permissions permissions) {
    record Owner(long id, String username, String name, String state, String webUrl) {}

    record Level(int accessLevel) {}

    record Permissions(
            @Nullable Level projectAccess, @Nullable Level groupAccess) {}

    /** A project as {@code simple=true} asks for it. */
    record Simple(
            long id,
            @Nullable String description,
            String name,
            String nameWithNamespace,
            String path,
            String pathWithNamespace,
            String createdAt,
            String defaultBranch,
            String sshUrlToRepo,
            String httpUrlToRepo,
            String webUrl,
            NamespaceJson namespace) {
        static Simple of(ProjectJson whole) {
            return new Simple(
                    whole.id,
                    whole.description,
                    whole.name,
                    whole.nameWithNamespace,
                    whole.path,
                    whole.pathWithNamespace,
                    whole.createdAt,
                    whole.defaultBranch,
                    whole.sshUrlToRepo,
                    whole.httpUrlToRepo,
                    whole.webUrl,
                    whole.namespace);
        }
    }
}
