package io.fairlead.forge.project;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import java.util.function.Consumer;

/** Fills new projects from elsewhere; the feature that does it stands behind this. */
public interface ImportStart {
    /**
     * Looks whether an import can begin, before there is a project for it.
     *
     * @return begins it, for the project that was made
     * @throws ApiError 400 when {@code url} is none to import from, 503 when too many wait
     */
    Consumer<Project> prepare(String url, Caller.Person person);

    /** GitLab's word for how far a project's import has come, {@code none} without one. */
    String status(long projectId);
}
