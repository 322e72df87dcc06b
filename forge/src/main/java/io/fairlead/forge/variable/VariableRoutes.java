package io.fairlead.forge.variable;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Gate;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Variables of projects and groups over the API. */
public final class VariableRoutes {
    record VariableJson(
            String variableType,
            String key,
            @Nullable String value,
            boolean hidden,
            @JsonProperty("protected") boolean protectedOnly,
            boolean masked,
            boolean raw,
            String environmentScope,
            @Nullable String description) {
        @Override
        public String toString() {
            return "VariableJson[key=" + key + "]";
        }
    }

    private final VariableQueries variables;

    public VariableRoutes(VariableQueries variables) {
        this.variables = variables;
    }

    public List<Route> routes() {
        return Stream.of(
                        routes(
                                "/projects/:id/variables",
                                Access.reading(Permission.ADMIN_VARIABLES),
                                Access.changing(Permission.ADMIN_VARIABLES)),
                        routes(
                                "/groups/:id/variables",
                                Access.readingGroup(Permission.ADMIN_GROUP_VARIABLES),
                                Access.changingGroup(Permission.ADMIN_GROUP_VARIABLES)))
                .flatMap(List::stream)
                .toList();
    }

    private List<Route> routes(String all, Access read, Access change) {
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, all + "/:key", read, exchange -> Reply.ok(json(named(exchange)))),
                Route.api(Method.PUT, all + "/:key", change, this::change),
                Route.api(Method.DELETE, all + "/:key", change, this::delete));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        VariableOwner owner = owner(exchange);
        List<VariableJson> part = variables.list(owner, page.offset(), page.size()).stream()
                .map(VariableRoutes::json)
                .toList();
        return page.reply(exchange, part, variables.count(owner));
    }

    private Reply add(Exchange exchange) {
        VariableOwner owner = owner(exchange);
        Variable variable = VariableText.create(exchange.parameters());
        if (variables.count(owner) >= owner.variablesMax()) {
            throw ApiError.invalid("base", "Maximum number of CI/CD variables (" + owner.variablesMax() + ") exceeded");
        }
        return Reply.created(json(variables.add(owner, variable).orElseThrow(() -> taken(variable))));
    }

    private Reply change(Exchange exchange) {
        Variable before = named(exchange);
        Variable after = VariableText.change(before, exchange.parameters());
        return Reply.ok(
                json(variables.change(owner(exchange), before.scope(), after).orElseThrow(() -> taken(after))));
    }

    private Reply delete(Exchange exchange) {
        Variable variable = named(exchange);
        variables.delete(owner(exchange), variable.key(), variable.scope());
        return Reply.noContent();
    }

    /** The one of this key, or the one of several that the filter names. */
    private Variable named(Exchange exchange) {
        Optional<String> scope = exchange.parameters().object("filter").text("environment_scope");
        List<Variable> found = variables.named(owner(exchange), exchange.path("key")).stream()
                .filter(variable -> scope.isEmpty() || variable.scope().equals(scope.get()))
                .toList();
        if (found.size() > 1) {
            throw ApiError.message(
                    409,
                    "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'");
        }
        return found.stream().findFirst().orElseThrow(() -> ApiError.notFound("Variable"));
    }

    private static ApiError taken(Variable variable) {
        return ApiError.invalid("key", "(" + variable.key() + ") has already been taken");
    }

    private static VariableOwner owner(Exchange exchange) {
        return switch (exchange.subject()) {
            case Gate.Subject.OfProject(long id) -> new VariableOwner.InProject(id);
            case Gate.Subject.OfGroup(long id) -> new VariableOwner.InGroup(id);
            case Gate.Subject.None() -> throw new IllegalStateException("the route names no owner");
        };
    }

    private static VariableJson json(Variable variable) {
        return new VariableJson(
                variable.type().text(),
                variable.key(),
                variable.hidden() ? null : variable.value(),
                variable.hidden(),
                variable.protectedOnly(),
                variable.masked(),
                variable.raw(),
                variable.scope(),
                variable.description());
    }
}
