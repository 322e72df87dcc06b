package io.fairlead.forge.project;

import io.fairlead.forge.repository.Repositories;
import java.time.InstantSource;
import java.util.Optional;

/** Makes and removes projects together with their repositories. */
public final class Projects {
    private final ProjectQueries queries;
    private final Repositories repositories;
    private final InstantSource clock;

    public Projects(ProjectQueries queries, Repositories repositories, InstantSource clock) {
        this.queries = queries;
        this.repositories = repositories;
        this.clock = clock;
    }

    /**
     * Adds a project whose repository can be used when this returns; nothing when the path is taken. A crash between the
     * two is healed by {@link Repositories}, which makes a missing repository when it is first opened.
     */
    public Optional<Project> create(Project.Draft draft) {
        Optional<Project> created = queries.create(draft, clock.instant());
        created.ifPresent(project -> repositories.ensure(project.id(), project.defaultBranch()));
        return created;
    }

    /** Removes a project; its repository goes out of reach at once and is deleted after. */
    public void delete(Project project) {
        queries.delete(project.id());
        repositories.delete(project.id());
    }
}
