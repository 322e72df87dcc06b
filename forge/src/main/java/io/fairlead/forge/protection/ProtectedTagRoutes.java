package io.fairlead.forge.protection;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.protection.Grant.Action;
import io.fairlead.forge.protection.GrantText.GrantJson;
import java.util.List;

/** Protected tags over the API. */
public final class ProtectedTagRoutes {
    record TagJson(String name, List<GrantJson> createAccessLevels) {}

    private final ProtectionQueries protections;
    private final GrantText grants;

    public ProtectedTagRoutes(ProtectionQueries protections, GrantText grants) {
        this.protections = protections;
        this.grants = grants;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.READ_PROTECTIONS);
        Access change = Access.changing(Permission.ADMIN_PROTECTIONS);
        String all = "/projects/:id/protected_tags";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, all + "/:name", read, this::one),
                Route.api(Method.DELETE, all + "/:name", change, this::remove));
    }

    private Reply list(Exchange exchange) {
        return Page.answer(exchange, protections.list(exchange.projectId(), RefKind.TAG), this::json);
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(json(protections
                .named(exchange.projectId(), RefKind.TAG, exchange.path("name"))
                .orElseThrow(ProtectionNames::absent)));
    }

    private Reply add(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String name = ProtectionNames.check(parameters.requiredText("name"));
        ProtectionNames.refuseAbove(protections.list(exchange.projectId(), RefKind.TAG));
        List<Grant> wanted = grants.grants(
                exchange.projectId(), parameters, Action.CREATE, "create_access_level", "allowed_to_create");
        return Reply.created(json(protections
                .add(exchange.projectId(), RefKind.TAG, name, false, wanted)
                .orElseThrow(() -> ApiError.message(409, "Protected tag '" + name + "' already exists"))));
    }

    private Reply remove(Exchange exchange) {
        if (!protections.remove(exchange.projectId(), RefKind.TAG, exchange.path("name"))) {
            throw ProtectionNames.absent();
        }
        return Reply.noContent();
    }

    private TagJson json(ProtectedRef ref) {
        return new TagJson(ref.name(), grants.json(ref.grants(Action.CREATE)));
    }
}
