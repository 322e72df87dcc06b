package io.fairlead.forge.project;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.api.Caller;

/** What a caller is to a project, put to the table of permissions. */
public final class ProjectAccess {
    private final MemberQueries members;

    public ProjectAccess(MemberQueries members) {
        this.members = members;
    }

    public Permission.Standing standing(Caller caller, Project project) {
        return switch (caller) {
            case Caller.Person person -> {
                Role role = members.roleOf(person.userId(), project.id()).orElse(null);
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
