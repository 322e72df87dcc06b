package io.fairlead.forge.member;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The members of projects and groups over the API. Nobody gives or takes a role above their own, nobody has a smaller role
 * than they inherit, and a group at the top keeps an owner.
 */
public final class MemberRoutes {
    record MemberJson(
            long id,
            String username,
            String name,
            String state,
            @Nullable String avatarUrl,
            String webUrl,
            int accessLevel,
            String createdAt,
            @Nullable String expiresAt,
            String membershipState) {}

    private final MemberQueries members;
    private final RoleQueries roles;
    private final UserQueries users;
    private final String externalUrl;

    public MemberRoutes(MemberQueries members, RoleQueries roles, UserQueries users, String externalUrl) {
        this.members = members;
        this.roles = roles;
        this.users = users;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        return Stream.concat(
                        routes(
                                "/projects/:id/members",
                                Access.reading(Permission.READ_MEMBERS),
                                Access.changing(Permission.ADMIN_MEMBERS))
                                .stream(),
                        routes(
                                "/groups/:id/members",
                                Access.readingGroup(Permission.READ_GROUP_MEMBERS),
                                Access.changingGroup(Permission.ADMIN_GROUP_MEMBERS))
                                .stream())
                .toList();
    }

    private List<Route> routes(String path, Access read, Access change) {
        return List.of(
                Route.api(Method.GET, path, read, this::list),
                Route.api(Method.GET, path + "/all", read, this::listAll),
                Route.api(Method.GET, path + "/all/:user_id", read, this::oneOfAll),
                Route.api(Method.GET, path + "/:user_id", read, this::one),
                Route.api(Method.POST, path, change, this::add),
                Route.api(Method.PUT, path + "/:user_id", change, this::change),
                Route.api(Method.DELETE, path + "/:user_id", change, this::remove));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        Membership where = Membership.of(exchange.subject());
        MemberFilter filter = filter(exchange);
        List<MemberJson> part = members.list(where, filter, page.offset(), page.size()).stream()
                .map(this::json)
                .toList();
        return page.reply(exchange, part, members.count(where, filter));
    }

    private Reply listAll(Exchange exchange) {
        Page page = Page.of(exchange);
        Membership where = Membership.of(exchange.subject());
        MemberFilter filter = filter(exchange);
        List<MemberJson> part = members.listAll(where, filter, page.offset(), page.size()).stream()
                .map(this::json)
                .toList();
        return page.reply(exchange, part, members.countAll(where, filter));
    }

    private Reply oneOfAll(Exchange exchange) {
        MemberFilter filter = new MemberFilter("", OptionalLong.of(exchange.pathNumber("user_id", "Member")));
        return members.listAll(Membership.of(exchange.subject()), filter, 0, 1).stream()
                .findFirst()
                .map(member -> Reply.ok(json(member)))
                .orElseThrow(() -> ApiError.notFound("Member"));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(json(named(exchange)));
    }

    private Reply add(Exchange exchange) {
        User user = user(exchange);
        Role role = role(exchange);
        refuseBelowInherited(exchange, user.id(), role);
        LocalDate expires =
                exchange.parameters().dayAfter("expires_at", roles.today()).orElse(null);
        Member member = members.add(Membership.of(exchange.subject()), user.id(), role, expires)
                .orElseThrow(() -> ApiError.message(409, "Member already exists"));
        return Reply.created(json(member));
    }

    private Reply change(Exchange exchange) {
        Member member = named(exchange);
        refuseAbove(exchange, member.role());
        Role role = role(exchange);
        refuseBelowInherited(exchange, member.userId(), role);
        LocalDate expires = exchange.parameters().has("expires_at")
                ? exchange.parameters().dayAfter("expires_at", roles.today()).orElse(null)
                : member.expiresOn();
        try {
            return Reply.ok(json(members.change(Membership.of(exchange.subject()), member.userId(), role, expires)
                    .orElseThrow(() -> ApiError.notFound("Member"))));
        } catch (MemberQueries.LastOwner e) {
            throw lastOwner();
        }
    }

    private Reply remove(Exchange exchange) {
        Member member = named(exchange);
        refuseAbove(exchange, member.role());
        try {
            members.removeUnlessLastOwner(Membership.of(exchange.subject()), member.userId());
        } catch (MemberQueries.LastOwner e) {
            throw lastOwner();
        }
        return Reply.noContent();
    }

    private static ApiError lastOwner() {
        return ApiError.forbidden("the last owner of a group stays; make someone else an owner first");
    }

    private User user(Exchange exchange) {
        Optional<String> username = exchange.parameters().text("username");
        Optional<User> user = username.isPresent()
                ? users.byUsername(username.get())
                : users.byId(exchange.parameters().requiredNumber("user_id"));
        return user.orElseThrow(() -> ApiError.notFound("User"));
    }

    private Role role(Exchange exchange) {
        Role role = Role.ofLevel(exchange.parameters().requiredNumber("access_level"))
                .orElseThrow(() -> ApiError.badParameter("access_level does not have a valid value"));
        refuseAbove(exchange, role);
        return role;
    }

    private void refuseAbove(Exchange exchange, Role role) {
        boolean allowed = exchange.person().admin()
                || held(exchange.person().userId(), exchange)
                        .filter(own -> own.atLeast(role))
                        .isPresent();
        if (!allowed) {
            throw ApiError.forbidden();
        }
    }

    private Optional<Role> held(long userId, Exchange exchange) {
        return switch (Membership.of(exchange.subject())) {
            case Membership.InProject(long id) -> roles.inProject(userId, id);
            case Membership.InGroup(long id) -> roles.inGroup(userId, id);
        };
    }

    private void refuseBelowInherited(Exchange exchange, long userId, Role role) {
        Membership where = Membership.of(exchange.subject());
        members.inherited(where, userId)
                .filter(inherited -> !role.atLeast(inherited))
                .ifPresent(inherited -> {
                    throw ApiError.invalid(
                            "access_level",
                            "should be greater than or equal to " + inherited.title() + " inherited membership");
                });
    }

    private Member named(Exchange exchange) {
        return members.one(Membership.of(exchange.subject()), exchange.pathNumber("user_id", "Member"))
                .orElseThrow(() -> ApiError.notFound("Member"));
    }

    private static MemberFilter filter(Exchange exchange) {
        return new MemberFilter(exchange.parameters().searched("query").orElse(""), OptionalLong.empty());
    }

    private MemberJson json(Member member) {
        LocalDate expires = member.expiresOn();
        return new MemberJson(
                member.userId(),
                member.username(),
                member.name(),
                "active",
                null,
                externalUrl + "/" + member.username(),
                member.role().level(),
                Times.text(member.createdAt()),
                expires == null ? null : expires.toString(),
                "active");
    }
}
