package io.fairlead.forge.git;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectAccess;
import io.fairlead.forge.project.ProjectQueries;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which project a Git client may use, in the order in which Git understands it: who shows nothing is asked for a
 * password, also for what does not exist; who may not see the project is told that it does not exist; who may see it but
 * not do this is refused.
 */
final class GitAccess {
    private static final Set<Scope> FETCH = Set.of(Scope.READ_REPOSITORY, Scope.WRITE_REPOSITORY, Scope.API);
    private static final Set<Scope> PUSH = Set.of(Scope.WRITE_REPOSITORY, Scope.API);

    private final ProjectQueries projects;
    private final ProjectAccess access;

    GitAccess(ProjectQueries projects, ProjectAccess access) {
        this.projects = projects;
        this.access = access;
    }

    /** @param path the project's full path */
    Project admit(Caller caller, String path, GitService service) {
        Permission needed = service == GitService.UPLOAD_PACK ? Permission.DOWNLOAD_CODE : Permission.PUSH_CODE;
        Optional<Project> visible =
                projects.byPath(path).filter(project -> access.allows(caller, project, Permission.READ_PROJECT));
        Optional<Set<Scope>> held = scopes(caller);
        if (held.isEmpty()) {
            return visible.filter(project -> access.allows(caller, project, needed))
                    .orElseThrow(ApiError::askForPassword);
        }
        Set<Scope> wanted = service == GitService.UPLOAD_PACK ? FETCH : PUSH;
        if (held.get().stream().noneMatch(wanted::contains)) {
            throw ApiError.forGit(
                    403,
                    "This token lacks a scope that the operation needs: "
                            + Scope.store(wanted).replace(" ", ", "));
        }
        Project project = visible.orElseThrow(() -> ApiError.forGit(
                404, "The project you were looking for could not be found or you don't have permission to view it."));
        if (!access.allows(caller, project, needed)) {
            throw ApiError.forGit(
                    403,
                    service == GitService.UPLOAD_PACK
                            ? "You are not allowed to download code from this project."
                            : "You are not allowed to push code to this project.");
        }
        return project;
    }

    /** For what the credentials are good; nothing when none were shown. A job fetches, pushing is for people. */
    private static Optional<Set<Scope>> scopes(Caller caller) {
        return switch (caller) {
            case Caller.Person person -> Optional.of(person.scopes());
            case Caller.Deployer deployer -> Optional.of(deployer.scopes());
            case Caller.Job _ -> Optional.of(Set.of(Scope.READ_REPOSITORY));
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _ -> Optional.empty();
        };
    }
}
