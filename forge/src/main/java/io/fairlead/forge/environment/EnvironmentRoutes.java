package io.fairlead.forge.environment;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Environments over the API, for people and for the project's jobs. */
public final class EnvironmentRoutes {
    private static final Duration STALE_MIN = Duration.ofDays(7);
    private static final Duration STALE_MAX = Duration.ofDays(3653);
    private static final Duration REVIEWS_AGE = Duration.ofDays(30);
    private static final int REVIEWS = 100;
    private static final int REVIEWS_MAX = 1_000;

    private final EnvironmentQueries environments;
    private final EnvironmentView view;
    private final InstantSource clock;

    public EnvironmentRoutes(EnvironmentQueries environments, EnvironmentView view, InstantSource clock) {
        this.environments = environments;
        this.view = view;
        this.clock = clock;
    }

    public List<Route> routes() {
        Access read = Access.readingAlsoInJobs(Permission.READ_ENVIRONMENTS);
        Access change = Access.changingAlsoInJobs(Permission.DEPLOY);
        String all = "/projects/:id/environments";
        String one = all + "/:environment_id";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, one, read, exchange -> shown(exchange, named(exchange))),
                Route.api(Method.PUT, one, change, this::change),
                Route.api(Method.DELETE, one, change, this::delete),
                Route.api(Method.POST, one + "/stop", change, this::stop),
                Route.api(Method.POST, all + "/stop_stale", change, this::stopStale),
                Route.api(Method.DELETE, all + "/review_apps", change, this::deleteReviews));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        EnvironmentFilter filter = EnvironmentFilter.of(exchange.projectId(), exchange.parameters());
        List<EnvironmentJson> part = environments.list(filter, page.offset(), page.size()).stream()
                .map(environment -> view.inList(exchange.caller(), environment))
                .toList();
        return page.reply(exchange, part, environments.count(filter));
    }

    private Reply add(Exchange exchange) {
        Environment.Draft draft = EnvironmentText.create(exchange.parameters());
        checkAgent(exchange, draft.agentId(), OptionalLong.empty());
        Environment added = environments
                .add(exchange.projectId(), draft)
                .orElseThrow(() -> ApiError.invalid("name", "has already been taken"));
        return Reply.created(view.alone(exchange.caller(), added));
    }

    private Reply change(Exchange exchange) {
        Environment before = named(exchange);
        Environment.Draft draft = EnvironmentText.change(Environment.Draft.of(before), exchange.parameters());
        checkAgent(exchange, draft.agentId(), before.agentId());
        return shown(
                exchange, environments.change(before.id(), draft).orElseThrow(() -> ApiError.notFound("Environment")));
    }

    /** An agent that is there already stays, whoever changes the rest. */
    private void checkAgent(Exchange exchange, OptionalLong agentId, OptionalLong before) {
        if (agentId.isPresent() && !agentId.equals(before) && !view.sees(exchange.caller(), agentId.getAsLong())) {
            throw ApiError.invalid("cluster_agent_id", "names no agent that you may use");
        }
    }

    private Reply delete(Exchange exchange) {
        Environment environment = named(exchange);
        if (environment.state() != Environment.State.STOPPED) {
            throw ApiError.forbidden("environment must be in a stopped state before deletion");
        }
        environments.delete(environment.id());
        return Reply.noContent();
    }

    /** No job takes anything down here, so a stop is one at once, with {@code force} or without. */
    private Reply stop(Exchange exchange) {
        exchange.parameters().flag("force", false);
        return shown(
                exchange,
                environments
                        .turn(named(exchange).id(), Environment.State.STOPPED)
                        .orElseThrow(() -> ApiError.notFound("Environment")));
    }

    private Reply stopStale(Exchange exchange) {
        Instant before =
                exchange.parameters().time("before").orElseThrow(() -> ApiError.badParameter("before is missing"));
        Instant now = clock.instant();
        if (before.isAfter(now.minus(STALE_MIN)) || before.isBefore(now.minus(STALE_MAX))) {
            throw ApiError.message(400, "400 Bad request - Invalid Date");
        }
        environments.stopStale(exchange.projectId(), before);
        return Reply.ok(Map.of("message", "Successfully requested stop for all stale environments"));
    }

    private Reply deleteReviews(Exchange exchange) {
        Instant before = exchange.parameters()
                .time("before")
                .orElseGet(() -> clock.instant().minus(REVIEWS_AGE));
        long limit = exchange.parameters().number("limit").orElse(REVIEWS);
        if (limit < 1 || limit > REVIEWS_MAX) {
            throw ApiError.badParameter("limit must be within 1 - " + REVIEWS_MAX);
        }
        List<Environment> stale = environments.staleReviews(exchange.projectId(), before, (int) limit);
        if (!exchange.parameters().flag("dry_run", true)) {
            stale.forEach(environment -> environments.delete(environment.id()));
        }
        return new Reply.Json(
                202,
                Map.of(),
                Map.of(
                        "scheduled_entries",
                        stale.stream()
                                .map(environment -> new EnvironmentJson.Place(
                                        environment.id(),
                                        environment.name(),
                                        environment.slug(),
                                        environment.externalUrl()))
                                .toList(),
                        "unprocessable_entries",
                        List.of()));
    }

    private Reply shown(Exchange exchange, Environment environment) {
        return Reply.ok(view.alone(exchange.caller(), environment));
    }

    private Environment named(Exchange exchange) {
        return environments
                .byId(exchange.projectId(), exchange.pathNumber("environment_id", "Environment"))
                .orElseThrow(() -> ApiError.notFound("Environment"));
    }
}
