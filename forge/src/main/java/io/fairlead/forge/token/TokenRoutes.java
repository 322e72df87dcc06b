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
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Personal access tokens over the API. A person makes tokens of their own for kubectl only ({@code k8s_proxy}); tokens
 * with other scopes are made by an administrator, so that a stolen token cannot make itself a wider one.
 */
public final class TokenRoutes {
    private static final int LIFETIME_DAYS_MAX = 365;
    private static final int NAME_LENGTH_MAX = 255;
    private static final Set<Scope> ANY = EnumSet.allOf(Scope.class);
    private static final Set<Scope> SELF_SERVICE = Set.of(Scope.K8S_PROXY);

    private final PersonalAccessTokens tokens;
    private final TokenQueries queries;
    private final UserQueries users;

    public TokenRoutes(PersonalAccessTokens tokens, TokenQueries queries, UserQueries users) {
        this.tokens = tokens;
        this.queries = queries;
        this.users = users;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/personal_access_tokens", Access.read(), this::list),
                Route.api(Method.GET, "/personal_access_tokens/self", new Access.SignedIn(ANY), this::self),
                Route.api(Method.DELETE, "/personal_access_tokens/self", new Access.SignedIn(ANY), this::revokeSelf),
                Route.api(Method.GET, "/personal_access_tokens/:id", Access.read(), this::one),
                Route.api(Method.DELETE, "/personal_access_tokens/:id", Access.write(), this::revoke),
                Route.api(Method.POST, "/user/personal_access_tokens", Access.write(), this::createOwn),
                Route.api(Method.POST, "/users/:id/personal_access_tokens", Access.administrator(), this::createFor));
    }

    private Reply list(Exchange exchange) {
        Caller.Person person = exchange.person();
        long userId = exchange.parameters().number("user_id").orElse(person.userId());
        if (userId != person.userId() && !person.admin()) {
            throw ApiError.unauthorized();
        }
        Page page = Page.of(exchange);
        List<TokenJson> part = queries.ofUser(userId, page.offset(), page.size()).stream()
                .map(this::shown)
                .toList();
        return page.reply(exchange, part, queries.countOfUser(userId));
    }

    private Reply self(Exchange exchange) {
        return Reply.ok(shown(own(exchange)));
    }

    private Reply revokeSelf(Exchange exchange) {
        queries.revoke(own(exchange).id());
        return Reply.noContent();
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(shown(named(exchange)));
    }

    private Reply revoke(Exchange exchange) {
        queries.revoke(named(exchange).id());
        return Reply.noContent();
    }

    private Reply createOwn(Exchange exchange) {
        Set<Scope> scopes = scopes(exchange.parameters());
        if (!SELF_SERVICE.containsAll(scopes)) {
            throw ApiError.badParameter("scopes does not have a valid value");
        }
        return create(
                exchange, exchange.person().userId(), scopes, tokens.today().plusDays(1));
    }

    private Reply createFor(Exchange exchange) {
        long userId = users.byId(exchange.pathNumber("id", "User"))
                .orElseThrow(() -> ApiError.notFound("User"))
                .id();
        LocalDate last = tokens.today().plusDays(LIFETIME_DAYS_MAX);
        return create(exchange, userId, scopes(exchange.parameters()), last);
    }

    private Reply create(Exchange exchange, long userId, Set<Scope> scopes, LocalDate expiresOtherwise) {
        Parameters parameters = exchange.parameters();
        String name = parameters.requiredText("name");
        if (name.length() > NAME_LENGTH_MAX) {
            throw ApiError.invalid("name", "is too long (maximum is " + NAME_LENGTH_MAX + " characters)");
        }
        LocalDate expires = expiry(parameters).orElse(expiresOtherwise);
        PersonalAccessTokens.Created created = tokens.create(new PersonalAccessToken.Draft(
                userId, name, parameters.text("description").orElse(null), scopes, expires));
        return Reply.created(TokenJson.of(created.token(), tokens.today(), created.secret()));
    }

    private Optional<LocalDate> expiry(Parameters parameters) {
        Optional<String> text = parameters.text("expires_at").filter(value -> !value.isEmpty());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        LocalDate expires;
        try {
            expires = LocalDate.parse(text.get());
        } catch (DateTimeException e) {
            throw ApiError.badParameter("expires_at is invalid");
        }
        LocalDate last = tokens.today().plusDays(LIFETIME_DAYS_MAX);
        if (!expires.isAfter(tokens.today()) || expires.isAfter(last)) {
            throw ApiError.invalid("expires_at", "must be after today and not after " + last);
        }
        return Optional.of(expires);
    }

    private static Set<Scope> scopes(Parameters parameters) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String text : parameters.texts("scopes")) {
            scopes.add(Scope.of(text).orElseThrow(() -> ApiError.badParameter("scopes does not have a valid value")));
        }
        if (scopes.isEmpty()) {
            throw ApiError.badParameter("scopes is missing");
        }
        return scopes;
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
