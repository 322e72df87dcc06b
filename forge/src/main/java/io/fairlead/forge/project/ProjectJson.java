package io.fairlead.forge.project;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.identity.User;
import java.net.URI;
import java.util.List;
import java.util.Optional;
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
        NamespaceJson namespace,
        boolean emptyRepo,
        boolean archived,
        String visibility,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Owner owner,
        long creatorId,
        List<Object> sharedWithGroups,
        Permissions permissions) {
    record NamespaceJson(
            long id,
            String name,
            String path,
            String kind,
            String fullPath,
            @Nullable Long parentId,
            String webUrl) {}

    record Owner(long id, String username, String name) {}

    record Level(int accessLevel) {}

    record Permissions(
            @Nullable Level projectAccess, @Nullable Level groupAccess) {}

    static ProjectJson of(
            Project project, boolean empty, Optional<User> owner, Optional<Role> role, String externalUrl) {
        Namespace namespace = project.namespace();
        String web = externalUrl + "/" + project.fullPath();
        return new ProjectJson(
                project.id(),
                project.description(),
                project.name(),
                namespace.name() + " / " + project.name(),
                project.path(),
                project.fullPath(),
                Times.text(project.createdAt()),
                project.defaultBranch(),
                List.of(),
                List.of(),
                "ssh://git@" + URI.create(externalUrl).getHost() + ":2222/" + project.fullPath() + ".git",
                web + ".git",
                web,
                web + "/-/blob/" + project.defaultBranch() + "/README.md",
                new NamespaceJson(
                        namespace.id(),
                        namespace.name(),
                        namespace.path(),
                        namespace.kind(),
                        namespace.fullPath(),
                        namespace.parentId(),
                        externalUrl + "/" + namespace.fullPath()),
                empty,
                false,
                project.visibility().text(),
                owner.map(user -> new Owner(user.id(), user.username(), user.name()))
                        .orElse(null),
                project.creatorId(),
                List.of(),
                new Permissions(role.map(value -> new Level(value.level())).orElse(null), null));
    }
}
