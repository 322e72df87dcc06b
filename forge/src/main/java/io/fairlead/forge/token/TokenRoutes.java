package io.fairlead.forge.token;

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
import io.fairlead.forge.identity.UserQueries;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Personal access tokens over the API. A person makes tokens of their own for kubectl only ({@code k8s_proxy}); tokens
 * with other scopes are made by an administrator, so that a stolen token cannot make itself a wider one.
 */
public final class TokenRoutes {
    /** Shorter than other tokens live, as GitLab has it: whoever rotates does so often. */
    private static final int ROTATED_DAYS = 7;

    private static final Set<Scope> ANY = EnumSet.allOf(Scope.class);
    private static final Set<Scope> SELF_SERVICE = Set.of(Scope.K8S_PROXY, Scope.SELF_ROTATE);
    private static final Set<Scope> ROTATE = Set.of(Scope.API, Scope.SELF_ROTATE);

    private final PersonalAccessTokens tokens;
    private final TokenQueries queries;
    private final UserQueries users;

    public TokenRoutes(PersonalAccessTokens tokens, TokenQueries queries, UserQueries users) {
        this.tokens = tokens;
        this.queries = queries;
        this.users = users;
    }

    public List<Route> routes() {
        String all = "/personal_access_tokens";
        return List.of(
                Route.api(Method.GET, all, Access.read(), this::list),
                Route.api(Method.GET, all + "/self", new Access.SignedIn(ANY), this::self),
                Route.api(Method.DELETE, all + "/self", new Access.SignedIn(ANY), this::revokeSelf),
                Route.api(Method.POST, all + "/self/rotate", new Access.SignedIn(ROTATE), this::rotateSelf),
                Route.api(Method.GET, all + "/:id", Access.read(), this::one),
                Route.api(Method.DELETE, all + "/:id", Access.write(), this::revoke),
                Route.api(Method.POST, all + "/:id/rotate", Access.write(), this::rotate),
                Route.api(Method.POST, "/user/personal_access_tokens", Access.write(), this::createOwn),
                Route.api(Method.POST, "/users/:id/personal_access_tokens", Access.administrator(), this::createFor));
    }

    private Reply list(Exchange exchange) {
        Caller.Person person = exchange.person();
        Parameters parameters = exchange.parameters();
        long userId = parameters.number("user_id").orElse(person.userId());
        if (userId != person.userId() && !person.admin()) {
            throw ApiError.unauthorized();
        }
        TokenFilter filter = new TokenFilter(
                OptionalLong.of(userId),
                OptionalLong.empty(),
                OptionalLong.empty(),
                active(parameters),
                parameters.searched("search").orElse(""));
        Page page = Page.of(exchange);
        List<TokenJson> part = queries.list(filter, tokens.today(), page.offset(), page.size()).stream()
                .map(this::shown)
                .toList();
        return page.reply(exchange, part, queries.count(filter, tokens.today()));
    }

    /** {@code state=active} and {@code inactive}, or {@code revoked} as older clients ask. */
    static Optional<Boolean> active(Parameters parameters) {
        Optional<String> state = parameters.text("state");
        if (state.isPresent()) {
            return switch (state.get()) {
                case "active" -> Optional.of(true);
                case "inactive" -> Optional.of(false);
                default -> throw ApiError.badParameter("state does not have a valid value");
            };
        }
        return parameters.has("revoked") ? Optional.of(!parameters.flag("revoked", false)) : Optional.empty();
    }

    private Reply self(Exchange exchange) {
        return Reply.ok(shown(own(exchange)));
    }

    private Reply revokeSelf(Exchange exchange) {
        queries.revoke(own(exchange).id());
        return Reply.noContent();
    }

    private Reply rotateSelf(Exchange exchange) {
        return rotated(exchange, own(exchange));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(shown(named(exchange)));
    }

    private Reply revoke(Exchange exchange) {
        queries.revoke(named(exchange).id());
        return Reply.noContent();
    }

    private Reply rotate(Exchange exchange) {
        return rotated(exchange, named(exchange));
    }

    private Reply rotated(Exchange exchange, PersonalAccessToken old) {
        LocalDate expires = TokenParameters.expiry(
                exchange.parameters(), tokens.today(), tokens.today().plusDays(ROTATED_DAYS));
        PersonalAccessTokens.Created created = tokens.rotate(old, expires);
        return Reply.ok(TokenJson.of(created.token(), tokens.today(), created.secret()));
    }

    private Reply createOwn(Exchange exchange) {
        Set<Scope> scopes = TokenParameters.scopes(exchange.parameters(), SELF_SERVICE);
        return create(
                exchange, exchange.person().userId(), scopes, tokens.today().plusDays(1));
    }

    private Reply createFor(Exchange exchange) {
        long userId = users.byId(exchange.pathNumber("id", "User"))
                .orElseThrow(() -> ApiError.notFound("User"))
                .id();
        Set<Scope> scopes = TokenParameters.scopes(exchange.parameters(), ANY);
        return create(exchange, userId, scopes, TokenParameters.last(tokens.today()));
    }

    private Reply create(Exchange exchange, long userId, Set<Scope> scopes, LocalDate expiresOtherwise) {
        Parameters parameters = exchange.parameters();
        PersonalAccessTokens.Created created = tokens.create(new PersonalAccessToken.Draft(
                userId,
                TokenParameters.name(parameters),
                TokenParameters.description(parameters).orElse(null),
                scopes,
                TokenParameters.expiry(parameters, tokens.today(), expiresOtherwise)));
        return Reply.created(TokenJson.of(created.token(), tokens.today(), created.secret()));
    }

    /** The token that the request was made with. */
    private PersonalAccessToken own(Exchange exchange) {
        return queries.byId(exchange.person().tokenId()).orElseThrow(ApiError::unauthorized);
    }

    /** The token named in the path; those of others do not exist but for administrators. */
    private PersonalAccessToken named(Exchange exchange) {
        Caller.Person person = exchange.person();
        return queries.byId(exchange.pathNumber("id", "Personal Access Token"))
                .filter(token -> token.userId() == person.userId() || person.admin())
                .orElseThrow(() -> ApiError.notFound("Personal Access Token"));
    }

    private TokenJson shown(PersonalAccessToken token) {
        return TokenJson.of(token, tokens.today(), null);
    }
}
