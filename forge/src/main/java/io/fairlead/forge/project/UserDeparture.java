package io.fairlead.forge.project;

import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.identity.UserRemoval;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import java.util.List;
import java.util.Optional;

/** Removes people together with the projects in their own namespace. */
public final class UserDeparture implements UserRemoval {
    private final UserQueries users;
    private final NamespaceQueries namespaces;
    private final ProjectQueries projectQueries;
    private final Projects projects;

    public UserDeparture(
            UserQueries users, NamespaceQueries namespaces, ProjectQueries projectQueries, Projects projects) {
        this.users = users;
        this.namespaces = namespaces;
        this.projectQueries = projectQueries;
        this.projects = projects;
    }

    @Override
    public List<String> onlyOwnerOf(long userId) {
        return users.groupsOnlyOwnedBy(userId);
    }

    /** Blocked first, so that nothing is made while it goes; what a crash interrupts can be begun again. */
    @Override
    public void remove(User user) {
        users.turn(user.id(), User.State.BLOCKED);
        Optional<Namespace> own = namespaces.ofUser(user.id());
        if (own.isPresent()) {
            for (long projectId : namespaces.projectsBelow(own.get().id())) {
                projectQueries.byId(projectId).ifPresent(projects::delete);
            }
        }
        users.delete(user.id());
    }
}
