package io.fairlead.forge.project;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.repository.Repositories;
import java.time.InstantSource;
import java.util.Optional;

/** Makes, changes and removes projects together with their repositories. */
public final class Projects {
    private final ProjectQueries queries;
    private final UserQueries users;
    private final Repositories repositories;
    private final DefaultBranchListener defaultBranches;
    private final InstantSource clock;

    public Projects(
            ProjectQueries queries,
            UserQueries users,
            Repositories repositories,
            DefaultBranchListener defaultBranches,
            InstantSource clock) {
        this.queries = queries;
        this.users = users;
        this.repositories = repositories;
        this.defaultBranches = defaultBranches;
        this.clock = clock;
    }

    /**
     * Adds a project whose repository can be used when this returns; nothing when the path is taken. A crash between the
     * two is healed by {@link Repositories}, which makes a missing repository when it is first opened.
     */
    public Optional<Project> create(Project.Draft draft, boolean withReadme) {
        Optional<Project> created = queries.create(draft, clock.instant());
        created.ifPresent(project -> {
            repositories.ensure(project.id(), project.defaultBranch());
            if (withReadme) {
                User author = users.byId(draft.creatorId()).orElseThrow(ApiError::unauthorized);
                repositories.addReadme(
                        project.id(), project.defaultBranch(), project.name(), author.name(), author.email());
            }
        });
        return created;
    }

    /**
     * Changes a project; nothing when its new path is taken. The repository stays where it is.
     *
     * @throws ApiError 400 when the default branch is to be one that does not exist
     */
    public Optional<Project> change(Project project, Project.Change change) {
        Optional<String> branch = change.defaultBranch().filter(name -> !name.equals(project.defaultBranch()));
        if (branch.isPresent()
                && !repositories.empty(project.id(), project.defaultBranch())
                && !repositories.hasBranch(project.id(), project.defaultBranch(), branch.get())) {
            throw ApiError.invalid("base", "Could not change HEAD: branch '" + branch.get() + "' does not exist");
        }
        Optional<Project> changed = queries.change(project.id(), change);
        if (changed.isPresent() && branch.isPresent()) {
            repositories.pointHead(project.id(), branch.get());
            defaultBranches.defaultBranchChanged(project.id());
        }
        return changed;
    }

    /** Removes a project; its repository goes out of reach at once and is deleted after. */
    public void delete(Project project) {
        queries.delete(project.id());
        repositories.delete(project.id());
    }
}
