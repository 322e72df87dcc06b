package io.fairlead.forge.namespace;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Groups and one's own namespace in one list, as clients look for places to make projects in. */
public final class NamespaceRoutes {
    private final NamespaceQueries namespaces;
    private final GroupAccess access;
    private final RoleQueries roles;
    private final String externalUrl;

    public NamespaceRoutes(NamespaceQueries namespaces, GroupAccess access, RoleQueries roles, String externalUrl) {
        this.namespaces = namespaces;
        this.access = access;
        this.roles = roles;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/namespaces", Access.read(), this::list),
                Route.api(Method.GET, "/namespaces/:id", Access.read(), this::one));
    }

    private Reply list(Exchange exchange) {
        Page page = Page.of(exchange);
        Caller.Person person = exchange.person();
        GroupFilter filter = new GroupFilter(
                person.userId(),
                person.admin(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                exchange.parameters().flag("top_level_only", false),
                Optional.empty(),
                true,
                exchange.parameters().searched("search").orElse(""),
                roles.today());
        List<NamespaceJson> part = namespaces.groups(filter, page.offset(), page.size()).stream()
                .map(namespace -> NamespaceJson.of(namespace, externalUrl))
                .toList();
        return page.reply(exchange, part, namespaces.countGroups(filter));
    }

    private Reply one(Exchange exchange) {
        Caller.Person person = exchange.person();
        Namespace namespace = namespaces
                .byIdOrPath(exchange.path("id"))
                .filter(found -> found.group()
                        ? access.allows(person, found, Permission.READ_GROUP)
                        : person.admin() || Long.valueOf(person.userId()).equals(found.ownerId()))
                .orElseThrow(() -> ApiError.notFound("Namespace"));
        return Reply.ok(NamespaceJson.of(namespace, externalUrl));
    }
}
