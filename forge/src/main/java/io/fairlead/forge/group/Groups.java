package io.fairlead.forge.group;

import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.ProjectQueries;
import io.fairlead.forge.project.Projects;

/** Removes groups together with all that is in them. */
public final class Groups {
    private final NamespaceQueries namespaces;
    private final ProjectQueries projectQueries;
    private final Projects projects;

    public Groups(NamespaceQueries namespaces, ProjectQueries projectQueries, Projects projects) {
        this.namespaces = namespaces;
        this.projectQueries = projectQueries;
        this.projects = projects;
    }

    /** Project by project, then the groups: what a crash interrupts can be begun again. */
    public void delete(long groupId) {
        for (long projectId : namespaces.projectsBelow(groupId)) {
            projectQueries.byId(projectId).ifPresent(projects::delete);
        }
        namespaces.delete(groupId);
    }
}
