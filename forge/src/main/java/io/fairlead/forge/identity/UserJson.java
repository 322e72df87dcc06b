package io.fairlead.forge.identity;

import io.fairlead.forge.api.Times;

/** A person as the API shows one to others. */
public record UserJson(long id, String username, String name, String state, String webUrl) {
    public static UserJson of(User user, String externalUrl) {
        return new UserJson(
                user.id(), user.username(), user.name(), user.state().text(), externalUrl + "/" + user.username());
    }

    /** A person as the API shows one to themselves and to administrators. */
    record Private(
            long id,
            String username,
            String name,
            String state,
            String webUrl,
            String email,
            String createdAt,
            boolean isAdmin,
            boolean bot,
            boolean canCreateGroup,
            boolean canCreateProject) {
        static Private of(User user, String externalUrl) {
            return new Private(
                    user.id(),
                    user.username(),
                    user.name(),
                    user.state().text(),
                    externalUrl + "/" + user.username(),
                    user.email(),
                    Times.text(user.createdAt()),
                    user.admin(),
                    !user.human(),
                    true,
                    true);
        }
    }
}
