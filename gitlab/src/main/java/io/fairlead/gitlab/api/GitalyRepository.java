package io.fairlead.gitlab.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** Names one repository to Gitaly. {@code glProjectPath} is the project's full path as people write it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record GitalyRepository(
        String storageName,
        String relativePath,
        String gitObjectDirectory,
        List<String> gitAlternateObjectDirectories,
        String glRepository,
        String glProjectPath) {
    public GitalyRepository(
            @Nullable String storageName,
            @Nullable String relativePath,
            @Nullable String gitObjectDirectory,
            @Nullable List<String> gitAlternateObjectDirectories,
            @Nullable String glRepository,
            @Nullable String glProjectPath) {
        this.storageName = Required.text("gitaly_repository.storage_name", storageName);
        this.relativePath = Required.text("gitaly_repository.relative_path", relativePath);
        this.gitObjectDirectory = gitObjectDirectory == null ? "" : gitObjectDirectory;
        this.gitAlternateObjectDirectories =
                gitAlternateObjectDirectories == null ? List.of() : List.copyOf(gitAlternateObjectDirectories);
        this.glRepository = Required.text("gitaly_repository.gl_repository", glRepository);
        this.glProjectPath = Required.text("gitaly_repository.gl_project_path", glProjectPath);
    }

    /** A repository of a plain storage, without borrowed objects. */
    public static GitalyRepository of(
            String storageName, String relativePath, String glRepository, String glProjectPath) {
        return new GitalyRepository(storageName, relativePath, "", List.of(), glRepository, glProjectPath);
    }
}
