package io.fairlead.forge.token;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.member.Membership;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Access tokens of projects and groups over the API. Nobody makes one with a role above their own, and no bot makes one. */
public final class ResourceTokenRoutes {
    record ResourceTokenJson(
            @JsonUnwrapped TokenJson token, @Nullable Integer accessLevel, String resourceType, long resourceId) {}

    private static final int ROTATED_DAYS = 7;
    private static final Set<Scope> ANY = EnumSet.allOf(Scope.class);

    private final ResourceTokens resources;
    private final PersonalAccessTokens tokens;
    private final TokenQueries queries;
    private final UserQueries users;
    private final RoleQueries roles;

    public ResourceTokenRoutes(
            ResourceTokens resources,
            PersonalAccessTokens tokens,
            TokenQueries queries,
            UserQueries users,
            RoleQueries roles) {
        this.resources = resources;
        this.tokens = tokens;
        this.queries = queries;
        this.users = users;
        this.roles = roles;
    }

    public List<Route> routes() {
        return Stream.concat(
                        routes(
                                "/projects/:id/access_tokens",
                                Access.reading(Permission.ADMIN_ACCESS_TOKENS),
                                Access.changing(Permission.ADMIN_ACCESS_TOKENS)),
                        routes(
                                "/groups/:id/access_tokens",
                                Access.readingGroup(Permission.ADMIN_GROUP_ACCESS_TOKENS),
                                Access.changingGroup(Permission.ADMIN_GROUP_ACCESS_TOKENS)))
                .toList();
    }

    private Stream<Route> routes(String path, Access read, Access change) {
        return Stream.of(
                Route.api(Method.GET, path, read, this::list),
                Route.api(Method.POST, path, change, this::create),
                Route.api(Method.GET, path + "/:token_id", read, this::one),
                Route.api(Method.DELETE, path + "/:token_id", change, this::revoke),
                Route.api(Method.POST, path + "/:token_id/rotate", change, this::rotate));
    }

    private Reply list(Exchange exchange) {
        Membership where = Membership.of(exchange.subject());
        TokenFilter filter = filter(where, exchange.parameters());
        Page page = Page.of(exchange);
        List<ResourceTokenJson> part = queries.list(filter, tokens.today(), page.offset(), page.size()).stream()
                .map(token -> shown(where, token, null))
                .toList();
        return page.reply(exchange, part, queries.count(filter, tokens.today()));
    }

    private static TokenFilter filter(Membership where, Parameters parameters) {
        OptionalLong none = OptionalLong.empty();
        OptionalLong id = OptionalLong.of(where.id());
        Optional<Boolean> active = TokenRoutes.active(parameters);
        String search = parameters.searched("search").orElse("");
        return switch (where) {
            case Membership.InProject _ -> new TokenFilter(none, id, none, active, search);
            case Membership.InGroup _ -> new TokenFilter(none, none, id, active, search);
        };
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        Membership where = Membership.of(exchange.subject());
        if (users.byId(person.userId()).filter(User::human).isEmpty()) {
            throw ApiError.forbidden("an access token of a project or group makes no others");
        }
        Role role = Role.ofLevel(parameters.number("access_level").orElse(Role.MAINTAINER.level()))
                .orElseThrow(() -> ApiError.badParameter("access_level does not have a valid value"));
        if (!person.admin()
                && held(where, person).filter(own -> own.atLeast(role)).isEmpty()) {
            throw ApiError.message(400, "User does not have permission to create an access token with this role");
        }
        LocalDate today = tokens.today();
        PersonalAccessTokens.Created created = resources.create(
                where,
                new ResourceTokens.Draft(
                        TokenParameters.name(parameters),
                        TokenParameters.description(parameters).orElse(null),
                        role,
                        TokenParameters.scopes(parameters, ANY),
                        TokenParameters.expiry(parameters, today, TokenParameters.last(today))));
        return Reply.created(shown(where, created.token(), created.secret()));
    }

    private Optional<Role> held(Membership where, Caller.Person person) {
        return switch (where) {
            case Membership.InProject(long id) -> roles.inProject(person.userId(), id);
            case Membership.InGroup(long id) -> roles.inGroup(person.userId(), id);
        };
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(shown(Membership.of(exchange.subject()), named(exchange), null));
    }

    private Reply revoke(Exchange exchange) {
        resources.revoke(Membership.of(exchange.subject()), named(exchange));
        return Reply.noContent();
    }

    private Reply rotate(Exchange exchange) {
        Membership where = Membership.of(exchange.subject());
        PersonalAccessToken old = named(exchange);
        boolean above = resources
                .role(where, old)
                .filter(role -> !exchange.person().admin()
                        && held(where, exchange.person())
                                .filter(own -> own.atLeast(role))
                                .isEmpty())
                .isPresent();
        if (above) {
            throw ApiError.forbidden("the token has a higher role than you");
        }
        LocalDate expires = TokenParameters.expiry(
                exchange.parameters(), tokens.today(), tokens.today().plusDays(ROTATED_DAYS));
        PersonalAccessTokens.Created created = tokens.rotate(old, expires);
        return Reply.ok(shown(where, created.token(), created.secret()));
    }

    /** The token named in the path, if it is one of the project's or group's. */
    private PersonalAccessToken named(Exchange exchange) {
        Membership where = Membership.of(exchange.subject());
        return queries.byId(exchange.pathNumber("token_id", "Access Token"))
                .filter(token -> users.botOf(token.userId(), where.id(), where instanceof Membership.InProject))
                .orElseThrow(() -> ApiError.notFound("Access Token"));
    }

    private ResourceTokenJson shown(Membership where, PersonalAccessToken token, @Nullable String secret) {
        String type = switch (where) {
            case Membership.InProject _ -> "project";
            case Membership.InGroup _ -> "group";
        };
        return new ResourceTokenJson(
                TokenJson.of(token, tokens.today(), secret),
                resources.role(where, token).map(Role::level).orElse(null),
                type,
                where.id());
    }
}
