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
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.identity.Names;
import io.fairlead.forge.member.Membership;
import io.fairlead.forge.member.ShareJson;
import io.fairlead.forge.member.ShareQueries;
import io.fairlead.forge.namespace.GroupAccess;
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Groups over the API: make, look at, change, share, remove. Lists are {@link GroupListRoutes}. */
public final class GroupRoutes {
    private static final int NAME_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 500;

    private final NamespaceQueries namespaces;
    private final Groups groups;
    private final GroupAccess access;
    private final ShareQueries shares;
    private final RoleQueries roles;
    private final InstantSource clock;
    private final String externalUrl;

    public GroupRoutes(
            NamespaceQueries namespaces,
            Groups groups,
            GroupAccess access,
            ShareQueries shares,
            RoleQueries roles,
            InstantSource clock,
            String externalUrl) {
        this.namespaces = namespaces;
        this.groups = groups;
        this.access = access;
        this.shares = shares;
        this.roles = roles;
        this.clock = clock;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        Access share = Access.changingGroup(Permission.SHARE_GROUP);
        return List.of(
                Route.api(Method.POST, "/groups", Access.write(), this::create),
                Route.api(Method.GET, "/groups/:id", Access.readingGroup(Permission.READ_GROUP), this::one),
                Route.api(Method.PUT, "/groups/:id", Access.changingGroup(Permission.CHANGE_GROUP), this::change),
                Route.api(Method.DELETE, "/groups/:id", Access.changingGroup(Permission.DELETE_GROUP), this::delete),
                Route.api(Method.POST, "/groups/:id/share", share, this::share),
                Route.api(Method.DELETE, "/groups/:id/share/:group_id", share, this::unshare));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(json(exchange.groupId()));
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        String name = parameters.requiredText("name");
        String path = parameters.requiredText("path");
        Optional<Namespace> parent = parameters.number("parent_id").stream()
                .mapToObj(id -> parent(id, person))
                .findFirst();
        check(Optional.of(name), Optional.of(path), parameters.text("description"), parent.isEmpty());
        Visibility visibility =
                visibility(parameters).orElse(parent.map(Namespace::visibility).orElse(Visibility.PRIVATE));
        parent.ifPresent(above -> refuseWider(visibility, above));
        Namespace group = namespaces
                .create(
                        new Namespace.Draft(
                                parent.map(Namespace::id).orElse(null),
                                name,
                                path,
                                parameters.text("description").orElse(null),
                                visibility,
                                person.userId()),
                        clock.instant())
                .orElseThrow(GroupRoutes::taken);
        return Reply.created(json(group.id()));
    }

    private Namespace parent(long id, Caller.Person person) {
        Namespace parent = access.visible(person, Long.toString(id)).orElseThrow(() -> ApiError.notFound("Group"));
        if (!access.allows(person, parent, Permission.CREATE_SUBGROUP)) {
            throw ApiError.forbidden();
        }
        if (namespaces.withAncestors(id).size() >= NamespaceQueries.DEPTH_MAX) {
            throw ApiError.invalid(
                    "parent_id", "is too deep: groups nest " + NamespaceQueries.DEPTH_MAX + " levels at most");
        }
        return parent;
    }

    private Reply change(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Namespace group = namespaces.byId(exchange.groupId()).orElseThrow(() -> ApiError.notFound("Group"));
        Optional<String> name = parameters.text("name");
        Optional<String> path = parameters.text("path");
        Optional<String> description = parameters.text("description");
        check(name, path, description, group.parentId() == null);
        Optional<Visibility> visibility = visibility(parameters);
        if (visibility.isPresent()) {
            Optional.ofNullable(group.parentId())
                    .flatMap(namespaces::byId)
                    .ifPresent(above -> refuseWider(visibility.get(), above));
            if (namespaces.moreVisibleBelow(group.id(), visibility.get()) > 0) {
                throw ApiError.invalid(
                        "visibility_level",
                        visibility.get().text() + " is not allowed since this group contains projects or subgroups with"
                                + " higher visibility.");
            }
        }
        Namespace changed = namespaces
                .change(group.id(), new Namespace.Change(name, path, description, visibility))
                .orElseThrow(GroupRoutes::taken);
        return Reply.ok(json(changed.id()));
    }

    private Reply delete(Exchange exchange) {
        groups.delete(exchange.groupId());
        return new Reply.Json(202, Map.of(), Map.of("message", "202 Accepted"));
    }

    private Reply share(Exchange exchange) {
        Namespace with = access.visible(exchange.person(), exchange.parameters().requiredText("group_id"))
                .filter(group -> group.id() != exchange.groupId())
                .orElseThrow(() -> ApiError.notFound("Group"));
        Role most = Role.ofLevel(exchange.parameters().requiredNumber("group_access"))
                .orElseThrow(() -> ApiError.badParameter("group_access does not have a valid value"));
        LocalDate expires =
                exchange.parameters().dayAfter("expires_at", roles.today()).orElse(null);
        if (!shares.add(new Membership.InGroup(exchange.groupId()), with.id(), most, expires)) {
            throw ApiError.message(409, "Group is already shared with this group");
        }
        return Reply.created(json(exchange.groupId()));
    }

    private Reply unshare(Exchange exchange) {
        if (!shares.remove(new Membership.InGroup(exchange.groupId()), exchange.pathNumber("group_id", "Group Link"))) {
            throw ApiError.notFound("Group Link");
        }
        return Reply.noContent();
    }

    private static void check(Optional<String> name, Optional<String> path, Optional<String> description, boolean top) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (name.filter(text -> text.isBlank()
                        || text.length() > NAME_LENGTH_MAX
                        || text.chars().anyMatch(Character::isISOControl))
                .isPresent()) {
            problems.put("name", List.of("must have 1 to " + NAME_LENGTH_MAX + " printable characters"));
        }
        if (path.filter(text -> top ? !Names.top(text) : !Names.part(text)).isPresent()) {
            problems.put(
                    "path",
                    List.of("can contain only letters, digits, '_', '-' and '.', and must not be a reserved name"));
        }
        if (description.filter(text -> text.length() > DESCRIPTION_LENGTH_MAX).isPresent()) {
            problems.put("description", List.of("is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)"));
        }
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
    }

    private static Optional<Visibility> visibility(Parameters parameters) {
        return parameters
                .text("visibility")
                .map(text -> Visibility.of(text)
                        .orElseThrow(() -> ApiError.badParameter("visibility does not have a valid value")));
    }

    private static void refuseWider(Visibility visibility, Namespace above) {
        if (visibility.compareTo(above.visibility()) > 0) {
            throw ApiError.invalid(
                    "visibility_level",
                    visibility.text() + " is not allowed since the parent group has a "
                            + above.visibility().text() + " visibility.");
        }
    }

    private static ApiError taken() {
        return ApiError.message(400, "Failed to save group {:path=>[\"has already been taken\"]}");
    }

    private GroupJson json(long id) {
        List<ShareJson> shared = shares.list(new Membership.InGroup(id)).stream()
                .map(ShareJson::of)
                .toList();
        return GroupJson.of(namespaces.withAncestors(id), externalUrl, shared);
    }
}
