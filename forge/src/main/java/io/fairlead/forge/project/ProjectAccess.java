package io.fairlead.forge.project;

import io.fairlead.forge.access.JobIdentity;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.namespace.NamespaceQueries;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is to a project, put to the table of permissions. A job is in its own project what its person is there, and
 * nothing elsewhere; the holder of a deploy token is a reporter where the token holds.
 */
public final class ProjectAccess {
    private final RoleQueries roles;
    private final NamespaceQueries namespaces;

    public ProjectAccess(RoleQueries roles, NamespaceQueries namespaces) {
        this.roles = roles;
        this.namespaces = namespaces;
    }

    public Permission.Standing standing(Caller caller, Project project) {
        return switch (caller) {
            case Caller.Person person ->
                new Permission.Standing(true, person.admin(), role(person.userId(), project), project.visibility());
            case Caller.Job(JobIdentity job) ->
                new Permission.Standing(
                        true,
                        false,
                        job.projectId() == project.id() ? role(job.userId(), project) : null,
                        project.visibility());
            case Caller.Deployer deployer ->
                new Permission.Standing(
                        false, false, holds(deployer, project) ? Role.REPORTER : null, project.visibility());
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _ ->
                new Permission.Standing(false, false, null, project.visibility());
        };
    }

    public boolean allows(Caller caller, Project project, Permission permission) {
        return permission.allows(standing(caller, project));
    }

    private @Nullable Role role(long userId, Project project) {
        return roles.inProject(userId, project.id()).orElse(null);
    }

    private boolean holds(Caller.Deployer deployer, Project project) {
        if (deployer.projectId().isPresent()) {
            return deployer.projectId().getAsLong() == project.id();
        }
        return deployer.groupId().isPresent()
                && namespaces.withAncestors(project.namespace().id()).stream()
                        .anyMatch(above -> above.id() == deployer.groupId().getAsLong());
    }
}
