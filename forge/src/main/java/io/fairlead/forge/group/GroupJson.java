package io.fairlead.forge.group;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.member.ShareJson;
import io.fairlead.forge.namespace.Namespace;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A group as the API shows it; {@code shared_with_groups} only when it is shown alone. */
record GroupJson(
        long id,
        String webUrl,
        String name,
        String path,
        @Nullable String description,
        String visibility,
        boolean shareWithGroupLock,
        String projectCreationLevel,
        String subgroupCreationLevel,
        boolean lfsEnabled,
        @Nullable String avatarUrl,
        boolean requestAccessEnabled,
        String fullName,
        String fullPath,
        String createdAt,
        @Nullable Long parentId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ShareJson> sharedWithGroups) {
    /** @param line the group itself and all above it, nearest first */
    static GroupJson of(List<Namespace> line, String externalUrl, @Nullable List<ShareJson> shares) {
        Namespace group = line.getFirst();
        return new GroupJson(
                group.id(),
                externalUrl + "/groups/" + group.fullPath(),
                group.name(),
                group.path(),
                group.description(),
                group.visibility().text(),
                false,
                "developer",
                "maintainer",
                false,
                null,
                false,
                line.reversed().stream().map(Namespace::name).collect(Collectors.joining(" / ")),
                group.fullPath(),
                Times.text(group.createdAt()),
                group.parentId(),
                shares);
    }
}
