package io.fairlead.forge.namespace;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Caller;
import java.util.Optional;

/** What a caller is to a group, put to the table of permissions. */
public final class GroupAccess {
    private final NamespaceQueries namespaces;
    private final RoleQueries roles;

    public GroupAccess(NamespaceQueries namespaces, RoleQueries roles) {
        this.namespaces = namespaces;
        this.roles = roles;
    }

    public Permission.Standing standing(Caller caller, Namespace group) {
        return switch (caller) {
            case Caller.Person person -> {
                Role role = roles.inGroup(person.userId(), group.id()).orElse(null);
                yield new Permission.Standing(true, person.admin(), role, group.visibility());
            }
            case Caller.Anonymous _, Caller.Kas _, Caller.Agent _, Caller.Job _, Caller.Deployer _ ->
                new Permission.Standing(false, false, null, group.visibility());
        };
    }

    /** Whoever is something below a group may see the group itself, or they could not find their way. */
    public boolean allows(Caller caller, Namespace group, Permission permission) {
        return permission.allows(standing(caller, group))
                || (permission == Permission.READ_GROUP
                        && caller instanceof Caller.Person person
                        && roles.belowGroup(person.userId(), group.id()));
    }

    /** The group of this number or full path, if {@code caller} may see it. */
    public Optional<Namespace> visible(Caller caller, String idOrPath) {
        return namespaces
                .byIdOrPath(idOrPath)
                .filter(Namespace::group)
                .filter(group -> allows(caller, group, Permission.READ_GROUP));
    }
}
