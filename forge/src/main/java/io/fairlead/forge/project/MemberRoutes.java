package io.fairlead.forge.project;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.identity.UserQueries;
import java.time.InstantSource;
import java.util.List;

/** The members of a project over the API. Nobody gives or takes a role above their own. */
public final class MemberRoutes {
    record MemberJson(
            long id, String username, String name, String state, int accessLevel, String createdAt, String webUrl) {}

    private final MemberQueries members;
    private final UserQueries users;
    private final InstantSource clock;
    private final String externalUrl;

    public MemberRoutes(MemberQueries members, UserQueries users, InstantSource clock, String externalUrl) {
        this.members = members;
        this.users = users;
        this.clock = clock;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.READ_MEMBERS);
        Access change = Access.changing(Permission.ADMIN_MEMBERS);
        return List.of(
                Route.api(Method.GET, "/projects/:id/members", read, this::list),
                Route.api(Method.GET, "/projects/:id/members/:user_id", read, this::one),
                Route.api(Method.POST, "/projects/:id/members", change, this::add),
                Route.api(Method.PUT, "/projects/:id/members/:user_id", change, this::change),
                Route.api(Method.DELETE, "/projects/:id/members/:user_id", change, this::remove));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        List<MemberJson> part = members.list(exchange.projectId(), page.offset(), page.size()).stream()
                .map(this::json)
                .toList();
        return page.reply(exchange, part, members.count(exchange.projectId()));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(json(named(exchange)));
    }

    private Reply add(Exchange exchange) {
        long userId = users.byId(exchange.parameters().requiredNumber("user_id"))
                .orElseThrow(() -> ApiError.notFound("User"))
                .id();
        Role role = role(exchange);
        Member member = members.add(exchange.projectId(), userId, role, clock.instant())
                .orElseThrow(() -> ApiError.message(409, "Member already exists"));
        return Reply.created(json(member));
    }

    private Reply change(Exchange exchange) {
        Member member = named(exchange);
        refuseAbove(exchange, member.role());
        Role role = role(exchange);
        return Reply.ok(json(members.change(exchange.projectId(), member.userId(), role)
                .orElseThrow(() -> ApiError.notFound("Member"))));
    }

    private Reply remove(Exchange exchange) {
        Member member = named(exchange);
        refuseAbove(exchange, member.role());
        members.remove(exchange.projectId(), member.userId());
        return Reply.noContent();
    }

    private Role role(Exchange exchange) {
        Role role = Role.ofLevel(exchange.parameters().requiredNumber("access_level"))
                .orElseThrow(() -> ApiError.badParameter("access_level does not have a valid value"));
        refuseAbove(exchange, role);
        return role;
    }

    private void refuseAbove(Exchange exchange, Role role) {
        boolean allowed = exchange.person().admin()
                || members.roleOf(exchange.person().userId(), exchange.projectId())
                        .filter(own -> own.atLeast(role))
                        .isPresent();
        if (!allowed) {
            throw ApiError.forbidden();
        }
    }

    private Member named(Exchange exchange) {
        return members.one(exchange.projectId(), exchange.pathNumber("user_id", "Member"))
                .orElseThrow(() -> ApiError.notFound("Member"));
    }

    private MemberJson json(Member member) {
        return new MemberJson(
                member.userId(),
                member.username(),
                member.name(),
                "active",
                member.role().level(),
                Times.text(member.createdAt()),
                externalUrl + "/" + member.username());
    }
}
