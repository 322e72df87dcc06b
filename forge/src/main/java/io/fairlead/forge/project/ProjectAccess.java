package io.fairlead.forge.project;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Caller;

/** What a caller is to a project, put to the table of permissions. */
public final class ProjectAccess {
    private final RoleQueries roles;

    public ProjectAccess(RoleQueries roles) {
        this.roles = roles;
    }

    public Permission.Standing standing(Caller caller, Project project) {
        return switch (caller) {
            case Caller.Person person -> {
                Role role = roles.inProject(person.userId(), project.id()).orElse(null);
                yield new Permission.Standing(true, person.admin(), role, project.visibility());
            }
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _, Caller.Job _ ->
                new Permission.Standing(false, false, null, project.visibility());
        };
    }

    public boolean allows(Caller caller, Project project, Permission permission) {
        return permission.allows(standing(caller, project));
    }
}
