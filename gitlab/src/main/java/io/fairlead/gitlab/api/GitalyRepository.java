package io.fairlead.gitlab.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names one repository to Gitaly. {@code glProjectPath} is the project's full path as people write it. */
public record GitalyRepository(
        @JsonProperty("storage_name") String storageName,
        @JsonProperty("relative_path") String relativePath,
        @JsonProperty("git_object_directory") String gitObjectDirectory,
        @JsonProperty("git_alternate_object_directories") List<String> gitAlternateObjectDirectories,
        @JsonProperty("gl_repository") String glRepository,
        @JsonProperty("gl_project_path") String glProjectPath) {
    public GitalyRepository(
            @JsonProperty("storage_name") @Nullable String storageName,
            @JsonProperty("relative_path") @Nullable String relativePath,
            @JsonProperty("git_object_directory") @Nullable String gitObjectDirectory,
            @JsonProperty("git_alternate_object_directories") @Nullable List<String> gitAlternateObjectDirectories,
            @JsonProperty("gl_repository") @Nullable String glRepository,
            @JsonProperty("gl_project_path") @Nullable String glProjectPath) {
        this.storageName = storageName == null ? "" : storageName;
        this.relativePath = relativePath == null ? "" : relativePath;
        this.gitObjectDirectory = gitObjectDirectory == null ? "" : gitObjectDirectory;
        this.gitAlternateObjectDirectories =
                gitAlternateObjectDirectories == null ? List.of() : List.copyOf(gitAlternateObjectDirectories);
        this.glRepository = glRepository == null ? "" : glRepository;
        this.glProjectPath = glProjectPath == null ? "" : glProjectPath;
    }

    /** A repository of a plain storage, without borrowed objects. */
    public static GitalyRepository of(
            String storageName, String relativePath, String glRepository, String glProjectPath) {
        return new GitalyRepository(storageName, relativePath, "", List.of(), glRepository, glProjectPath);
    }
}
