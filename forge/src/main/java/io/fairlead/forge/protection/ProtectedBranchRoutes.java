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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Protected branches over the API. */
public final class ProtectedBranchRoutes {
    record BranchJson(
            long id,
            String name,
            List<GrantJson> pushAccessLevels,
            List<GrantJson> mergeAccessLevels,
            List<GrantJson> unprotectAccessLevels,
            boolean allowForcePush,
            boolean codeOwnerApprovalRequired) {}

    private final ProtectionQueries protections;
    private final GrantText grants;

    public ProtectedBranchRoutes(ProtectionQueries protections, GrantText grants) {
        this.protections = protections;
        this.grants = grants;
    }

    public List<Route> routes() {
        Access read = Access.reading(Permission.READ_PROTECTIONS);
        Access change = Access.changing(Permission.ADMIN_PROTECTIONS);
        String all = "/projects/:id/protected_branches";
        return List.of(
                Route.api(Method.GET, all, read, this::list),
                Route.api(Method.POST, all, change, this::add),
                Route.api(Method.GET, all + "/:name", read, exchange -> Reply.ok(json(named(exchange)))),
                Route.api(Method.PATCH, all + "/:name", change, this::change),
                Route.api(Method.DELETE, all + "/:name", change, this::remove));
    }

    private Reply list(Exchange exchange) {
        String search = exchange.parameters().text("search").orElse("").toLowerCase(Locale.ROOT);
        return Page.answer(
                exchange,
                protections.list(exchange.projectId(), RefKind.BRANCH).stream()
                        .filter(ref -> ref.name().toLowerCase(Locale.ROOT).contains(search))
                        .toList(),
                this::json);
    }

    private Reply add(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String name = ProtectionNames.check(parameters.requiredText("name"));
        ProtectionNames.refuseAbove(protections.list(exchange.projectId(), RefKind.BRANCH));
        List<Grant> wanted = new ArrayList<>();
        wanted.addAll(
                grants.grants(exchange.projectId(), parameters, Action.PUSH, "push_access_level", "allowed_to_push"));
        wanted.addAll(grants.grants(
                exchange.projectId(), parameters, Action.MERGE, "merge_access_level", "allowed_to_merge"));
        wanted.addAll(grants.grants(
                exchange.projectId(), parameters, Action.UNPROTECT, "unprotect_access_level", "allowed_to_unprotect"));
        ProtectedRef added = protections
                .add(exchange.projectId(), RefKind.BRANCH, name, parameters.flag("allow_force_push", false), wanted)
                .orElseThrow(() -> ApiError.message(409, "Protected branch '" + name + "' already exists"));
        return Reply.created(json(added));
    }

    private Reply change(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        ProtectedRef before = named(exchange);
        List<Long> gone = new ArrayList<>();
        List<Grant> more = new ArrayList<>();
        for (Action action : List.of(Action.PUSH, Action.MERGE, Action.UNPROTECT)) {
            String many = "allowed_to_" + action.text();
            GrantText.Change change = grants.change(exchange.projectId(), parameters, action, many);
            gone.addAll(change.gone());
            more.addAll(change.more());
        }
        Optional<Boolean> force = parameters.has("allow_force_push")
                ? Optional.of(parameters.flag("allow_force_push", false))
                : Optional.empty();
        return Reply.ok(json(protections
                .change(exchange.projectId(), RefKind.BRANCH, before.name(), force, gone, more)
                .orElseThrow(ProtectionNames::absent)));
    }

    private Reply remove(Exchange exchange) {
        if (!protections.remove(exchange.projectId(), RefKind.BRANCH, exchange.path("name"))) {
            throw ProtectionNames.absent();
        }
        return Reply.noContent();
    }

    private ProtectedRef named(Exchange exchange) {
        return protections
                .named(exchange.projectId(), RefKind.BRANCH, exchange.path("name"))
                .orElseThrow(ProtectionNames::absent);
    }

    private BranchJson json(ProtectedRef ref) {
        return new BranchJson(
                ref.id(),
                ref.name(),
                grants.json(ref.grants(Action.PUSH)),
                grants.json(ref.grants(Action.MERGE)),
                grants.json(ref.grants(Action.UNPROTECT)),
                ref.forcePush(),
                false);
    }
}
