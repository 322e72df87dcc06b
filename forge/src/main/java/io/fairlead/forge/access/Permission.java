package io.fairlead.forge.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one table of access rules: each thing that can be done to a project or a group, the least role that may do it, and
 * whether its visibility alone is enough.
 *
 * <p>An administrator may do everything here. What an administrator is <em>in a cluster</em> is decided by real membership
 * alone ({@link #USE_K8S_PROXY} is asked with the role, never with the administrator's flag).
 */
public enum Permission {
    READ_PROJECT(Role.GUEST, true),
    DOWNLOAD_CODE(Role.REPORTER, true),
    PUSH_CODE(Role.DEVELOPER, false),
    READ_MEMBERS(Role.GUEST, true),
    ADMIN_MEMBERS(Role.MAINTAINER, false),
    READ_AGENTS(Role.DEVELOPER, false),
    ADMIN_AGENTS(Role.MAINTAINER, false),
    USE_K8S_PROXY(Role.DEVELOPER, false),
    ADMIN_ACCESS_TOKENS(Role.MAINTAINER, false),
    ADMIN_DEPLOY_KEYS(Role.MAINTAINER, false),
    ADMIN_DEPLOY_TOKENS(Role.MAINTAINER, false),
    ADMIN_JOB_TOKENS(Role.MAINTAINER, false),
    ADMIN_VARIABLES(Role.MAINTAINER, false),
    ADMIN_HOOKS(Role.MAINTAINER, false),
    READ_ENVIRONMENTS(Role.REPORTER, true),
    DEPLOY(Role.DEVELOPER, false),
    READ_PROTECTIONS(Role.DEVELOPER, false),
    ADMIN_PROTECTIONS(Role.MAINTAINER, false),
    CHANGE_PROJECT(Role.MAINTAINER, false),
    SHARE_PROJECT(Role.MAINTAINER, false),
    /** Moves it to another group, changes who sees it. */
    OWN_PROJECT(Role.OWNER, false),
    DELETE_PROJECT(Role.OWNER, false),

    READ_GROUP(Role.GUEST, true),
    READ_GROUP_MEMBERS(Role.GUEST, true),
    CREATE_PROJECT(Role.DEVELOPER, false),
    CREATE_SUBGROUP(Role.MAINTAINER, false),
    ADMIN_GROUP_MEMBERS(Role.OWNER, false),
    ADMIN_GROUP_ACCESS_TOKENS(Role.OWNER, false),
    ADMIN_GROUP_DEPLOY_TOKENS(Role.OWNER, false),
    ADMIN_GROUP_VARIABLES(Role.OWNER, false),
    CHANGE_GROUP(Role.OWNER, false),
    SHARE_GROUP(Role.OWNER, false),
    DELETE_GROUP(Role.OWNER, false);

    private final Role least;
    private final boolean byVisibility;

    Permission(Role least, boolean byVisibility) {
        this.least = least;
        this.byVisibility = byVisibility;
    }

    public Role least() {
        return least;
    }

    /** Whether people who are no members may do it where the visibility lets them see. */
    public boolean byVisibility() {
        return byVisibility;
    }

    /** What someone is to a project or group: {@code role} is empty for people who are no members. */
    public record Standing(
            boolean signedIn, boolean admin, @Nullable Role role, Visibility visibility) {
        public Optional<Role> roleIfMember() {
            return Optional.ofNullable(role);
        }
    }

    public boolean allows(Standing standing) {
        if (standing.admin()) {
            return true;
        }
        Role role = standing.role();
        if (role != null && role.atLeast(least)) {
            return true;
        }
        return byVisibility
                && switch (standing.visibility()) {
                    case PUBLIC -> true;
                    case INTERNAL -> standing.signedIn();
                    case PRIVATE -> false;
                };
    }
}
