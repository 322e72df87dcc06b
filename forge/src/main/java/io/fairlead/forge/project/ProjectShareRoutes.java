package io.fairlead.forge.project;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.member.Membership;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.GroupAccess;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sharing a project with the members of a group. */
public final class ProjectShareRoutes {
    record LinkJson(
            long projectId,
            long groupId,
            int groupAccess,
            @Nullable String expiresAt) {}

    private final ShareQueries shares;
    private final GroupAccess groups;
    private final RoleQueries roles;

    public ProjectShareRoutes(ShareQueries shares, GroupAccess groups, RoleQueries roles) {
        this.shares = shares;
        this.groups = groups;
        this.roles = roles;
    }

    public List<Route> routes() {
        Access share = Access.changing(Permission.SHARE_PROJECT);
        return List.of(
                Route.api(Method.POST, "/projects/:id/share", share, this::share),
                Route.api(Method.DELETE, "/projects/:id/share/:group_id", share, this::unshare));
    }

    private Reply share(Exchange exchange) {
        Caller.Person person = exchange.person();
        long groupId = groups.visible(person, exchange.parameters().requiredText("group_id"))
                .orElseThrow(() -> ApiError.notFound("Group"))
                .id();
        Role most = Role.ofLevel(exchange.parameters().requiredNumber("group_access"))
                .orElseThrow(() -> ApiError.badParameter("group_access does not have a valid value"));
        boolean held = person.admin()
                || roles.inProject(person.userId(), exchange.projectId())
                        .filter(role -> role.atLeast(most))
                        .isPresent();
        if (!held) {
            throw ApiError.forbidden();
        }
        LocalDate expires =
                exchange.parameters().dayAfter("expires_at", roles.today()).orElse(null);
        if (!shares.add(new Membership.InProject(exchange.projectId()), groupId, most, expires)) {
            throw ApiError.message(409, "Group is already shared with this project");
        }
        return Reply.created(
                new LinkJson(exchange.projectId(), groupId, most.level(), expires == null ? null : expires.toString()));
    }

    private Reply unshare(Exchange exchange) {
        long groupId = exchange.pathNumber("group_id", "Group Link");
        if (!shares.remove(new Membership.InProject(exchange.projectId()), groupId)) {
            throw ApiError.notFound("Group Link");
        }
        return Reply.noContent();
    }
}
