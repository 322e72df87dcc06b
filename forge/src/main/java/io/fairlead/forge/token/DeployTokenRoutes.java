package io.fairlead.forge.token;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Scope;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.member.Membership;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Deploy tokens over the API. */
public final class DeployTokenRoutes {
    record DeployTokenJson(
            long id,
            String name,
            String username,
            @Nullable String expiresAt,
            boolean revoked,
            boolean expired,
            List<String> scopes,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {
        @Override
        public String toString() {
            return "DeployTokenJson[id=" + id + "]";
        }
    }

    private static final Set<Scope> SCOPES = Set.of(
            Scope.READ_REPOSITORY,
            Scope.READ_REGISTRY,
            Scope.WRITE_REGISTRY,
            Scope.READ_PACKAGE_REGISTRY,
            Scope.WRITE_PACKAGE_REGISTRY);
    private static final Pattern USERNAME = Pattern.compile("[A-Za-z0-9_+.-]{1,255}");

    private final DeployTokens tokens;
    private final DeployTokenQueries queries;
    private final InstantSource clock;

    public DeployTokenRoutes(DeployTokens tokens, DeployTokenQueries queries, InstantSource clock) {
        this.tokens = tokens;
        this.queries = queries;
        this.clock = clock;
    }

    public List<Route> routes() {
        Stream<Route> everywhere = Stream.of(Route.api(
                Method.GET, "/deploy_tokens", Access.administrator(), exchange -> list(exchange, queries.all())));
        return Stream.of(
                        everywhere,
                        routes(
                                "/projects/:id/deploy_tokens",
                                Access.reading(Permission.ADMIN_DEPLOY_TOKENS),
                                Access.changing(Permission.ADMIN_DEPLOY_TOKENS)),
                        routes(
                                "/groups/:id/deploy_tokens",
                                Access.readingGroup(Permission.ADMIN_GROUP_DEPLOY_TOKENS),
                                Access.changingGroup(Permission.ADMIN_GROUP_DEPLOY_TOKENS)))
                .flatMap(part -> part)
                .toList();
    }

    private Stream<Route> routes(String path, Access read, Access change) {
        return Stream.of(
                Route.api(
                        Method.GET,
                        path,
                        read,
                        exchange -> list(exchange, queries.of(Membership.of(exchange.subject())))),
                Route.api(Method.POST, path, change, this::create),
                Route.api(Method.GET, path + "/:token_id", read, exchange -> Reply.ok(shown(named(exchange), null))),
                Route.api(Method.DELETE, path + "/:token_id", change, this::revoke));
    }

    private Reply list(Exchange exchange, List<DeployToken> all) {
        Optional<Boolean> active = exchange.parameters().text("active").isPresent()
                ? Optional.of(exchange.parameters().flag("active", true))
                : Optional.empty();
        List<DeployToken> wanted = all.stream()
                .filter(token -> active.isEmpty() || active.get() == token.active(clock.instant()))
                .toList();
        return Page.answer(exchange, wanted, token -> shown(token, null));
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<String> username = parameters.text("username").filter(text -> !text.isEmpty());
        if (username.filter(text -> !USERNAME.matcher(text).matches()).isPresent()) {
            throw ApiError.invalid("username", "can contain only letters, digits, '_', '-', '+', and '.'");
        }
        DeployTokens.Created created = tokens.create(
                Membership.of(exchange.subject()),
                new DeployToken.Draft(
                        TokenParameters.name(parameters),
                        username.orElse(null),
                        TokenParameters.scopes(parameters, SCOPES),
                        parameters.timeAfter("expires_at", clock.instant()).orElse(null),
                        exchange.person().userId()));
        return Reply.created(shown(created.token(), created.secret()));
    }

    private Reply revoke(Exchange exchange) {
        queries.revoke(named(exchange).id());
        return Reply.noContent();
    }

    private DeployToken named(Exchange exchange) {
        long id = exchange.pathNumber("token_id", "Deploy Token");
        return queries.of(Membership.of(exchange.subject())).stream()
                .filter(token -> token.id() == id)
                .findFirst()
                .orElseThrow(() -> ApiError.notFound("Deploy Token"));
    }

    private DeployTokenJson shown(DeployToken token, @Nullable String secret) {
        return new DeployTokenJson(
                token.id(),
                token.name(),
                token.username(),
                Times.textOrNull(token.expiresAt()),
                token.revoked(),
                token.expired(clock.instant()),
                Scope.texts(token.scopes()),
                secret);
    }
}
