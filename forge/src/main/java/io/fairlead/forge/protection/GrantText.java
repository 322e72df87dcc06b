package io.fairlead.forge.protection;

import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.key.DeployKey;
import io.fairlead.forge.key.KeyQueries;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Grants as requests name them and answers show them. */
public final class GrantText {
    private static final int GRANTS_MAX = 100;
    private static final Set<Long> BRANCH_LEVELS = Set.of(Grant.NOBODY, 30L, 40L, Grant.ADMINISTRATORS);

    record GrantJson(
            long id,
            @Nullable Long accessLevel,
            String accessLevelDescription,
            @Nullable Long deployKeyId,
            @Nullable Long userId,
            @Nullable Long groupId) {}

    private final UserQueries users;
    private final NamespaceQueries namespaces;
    private final KeyQueries keys;
    private final RoleQueries roles;

    public GrantText(UserQueries users, NamespaceQueries namespaces, KeyQueries keys, RoleQueries roles) {
        this.users = users;
        this.namespaces = namespaces;
        this.keys = keys;
        this.roles = roles;
    }

    /** What a change of grants comes to. */
    record Change(List<Long> gone, List<Grant> more) {}

    /** The grants of one action for a new protection: {@code level} and the list {@code many}, else maintainers. */
    List<Grant> grants(long projectId, Parameters parameters, Grant.Action action, String level, String many) {
        List<Grant> grants = new ArrayList<>();
        OptionalLong single = parameters.number(level);
        if (single.isPresent()) {
            grants.add(Grant.toRole(action, level(single.getAsLong(), level)));
        }
        for (Parameters one : listed(parameters, many)) {
            grants.add(grant(projectId, one, action, many));
        }
        if (grants.isEmpty() && action != Grant.Action.UNPROTECT) {
            grants.add(Grant.toRole(action, 40));
        }
        return grants;
    }

    /** What the list {@code many} of a change says: entries with {@code id} replace or, with {@code _destroy}, end one. */
    Change change(long projectId, Parameters parameters, Grant.Action action, String many) {
        List<Long> gone = new ArrayList<>();
        List<Grant> more = new ArrayList<>();
        for (Parameters one : listed(parameters, many)) {
            one.number("id").ifPresent(gone::add);
            if (!one.flag("_destroy", false)) {
                more.add(grant(projectId, one, action, many));
            }
        }
        return new Change(gone, more);
    }

    private static List<Parameters> listed(Parameters parameters, String many) {
        List<Parameters> all = parameters.objects(many);
        if (all.size() > GRANTS_MAX) {
            throw ApiError.badParameter(many + " has more than " + GRANTS_MAX + " entries");
        }
        return all;
    }

    private Grant grant(long projectId, Parameters one, Grant.Action action, String many) {
        OptionalLong level = one.number("access_level");
        OptionalLong user = one.number("user_id");
        OptionalLong group = one.number("group_id");
        OptionalLong key = one.number("deploy_key_id");
        List<OptionalLong> given = List.of(level, user, group, key);
        if (given.stream().filter(OptionalLong::isPresent).count() != 1) {
            throw ApiError.badParameter(
                    many + " has an entry without exactly one of access_level, user_id, group_id," + " deploy_key_id");
        }
        level.ifPresent(value -> level(value, many));
        if (user.isPresent() && roles.inProject(user.getAsLong(), projectId).isEmpty()) {
            throw unprocessable("user is not a member of the project");
        }
        if (group.isPresent()
                && namespaces.byId(group.getAsLong()).filter(Namespace::group).isEmpty()) {
            throw unprocessable("group does not exist");
        }
        if (key.isPresent()
                && keys.deployKey(projectId, key.getAsLong())
                        .filter(DeployKey::canPush)
                        .isEmpty()) {
            throw unprocessable("deploy key is not enabled for this project with write access");
        }
        return new Grant(0, action, level, user, group, key);
    }

    private static ApiError unprocessable(String problem) {
        return ApiError.message(422, problem);
    }

    private static long level(long level, String name) {
        if (!BRANCH_LEVELS.contains(level)) {
            throw ApiError.badParameter(name + " does not have a valid value");
        }
        return level;
    }

    List<GrantJson> json(List<Grant> grants) {
        return grants.stream()
                .map(grant -> new GrantJson(
                        grant.id(),
                        boxed(grant.level()),
                        description(grant),
                        boxed(grant.deployKeyId()),
                        boxed(grant.userId()),
                        boxed(grant.groupId())))
                .toList();
    }

    private String description(Grant grant) {
        if (grant.userId().isPresent()) {
            return users.byId(grant.userId().getAsLong()).map(User::name).orElse("");
        }
        if (grant.groupId().isPresent()) {
            return namespaces
                    .byId(grant.groupId().getAsLong())
                    .map(Namespace::name)
                    .orElse("");
        }
        if (grant.deployKeyId().isPresent()) {
            return "Deploy key";
        }
        long level = grant.level().orElse(Grant.NOBODY);
        if (level == Grant.ADMINISTRATORS) {
            return "Instance admins";
        }
        return level == Grant.NOBODY ? "No one" : level <= 30 ? "Developers + Maintainers" : "Maintainers";
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
