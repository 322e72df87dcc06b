package io.fairlead.forge.group;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.access.Role;
import io.fairlead.forge.access.RoleQueries;
import io.fairlead.forge.access.Visibility;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Caller;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.namespace.GroupFilter;
import io.fairlead.forge.namespace.NamespaceQueries;
import io.fairlead.forge.project.ProjectFilter;
import io.fairlead.forge.project.ProjectView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Lists of groups, and of the projects in one. */
public final class GroupListRoutes {
    private final NamespaceQueries namespaces;
    private final ProjectView projects;
    private final RoleQueries roles;
    private final String externalUrl;

    public GroupListRoutes(NamespaceQueries namespaces, ProjectView projects, RoleQueries roles, String externalUrl) {
        this.namespaces = namespaces;
        this.projects = projects;
        this.roles = roles;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        Access read = Access.readingGroup(Permission.READ_GROUP);
        return List.of(
                Route.api(Method.GET, "/groups", Access.read(), this::all),
                Route.api(
                        Method.GET,
                        "/groups/:id/subgroups",
                        read,
                        exchange -> list(exchange, OptionalLong.of(exchange.groupId()), OptionalLong.empty())),
                Route.api(
                        Method.GET,
                        "/groups/:id/descendant_groups",
                        read,
                        exchange -> list(exchange, OptionalLong.empty(), OptionalLong.of(exchange.groupId()))),
                Route.api(Method.GET, "/groups/:id/projects", read, this::projects));
    }

    private Reply all(Exchange exchange) {
        return list(exchange, OptionalLong.empty(), OptionalLong.empty());
    }

    private Reply list(Exchange exchange, OptionalLong parentId, OptionalLong ancestorId) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        Page page = Page.of(exchange);
        Optional<Role> least = parameters.flag("owned", false) ? Optional.of(Role.OWNER) : least(parameters);
        GroupFilter filter = new GroupFilter(
                person.userId(),
                person.admin(),
                parentId,
                ancestorId,
                parameters.flag("top_level_only", false),
                least,
                false,
                parameters.searched("search").orElse(""),
                roles.today());
        List<GroupJson> part = namespaces.groups(filter, page.offset(), page.size()).stream()
                .map(group -> GroupJson.of(namespaces.withAncestors(group.id()), externalUrl, null))
                .toList();
        return page.reply(exchange, part, namespaces.countGroups(filter));
    }

    private static Optional<Role> least(Parameters parameters) {
        return parameters.number("min_access_level").stream()
                .mapToObj(level -> Role.ofLevel(level)
                        .orElseThrow(() -> ApiError.badParameter("min_access_level does not have a valid value")))
                .findFirst();
    }

    private Reply projects(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        return projects.list(
                exchange,
                new ProjectFilter(
                        person.userId(),
                        person.admin(),
                        least(parameters),
                        parameters.flag("owned", false),
                        OptionalLong.of(exchange.groupId()),
                        parameters.flag("include_subgroups", false),
                        parameters
                                .text("visibility")
                                .map(text -> Visibility.of(text)
                                        .orElseThrow(
                                                () -> ApiError.badParameter("visibility does not have a valid value"))),
                        parameters.searched("search").orElse(""),
                        roles.today()));
    }
}
