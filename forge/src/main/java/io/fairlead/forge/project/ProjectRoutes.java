package io.fairlead.forge.project;

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
import io.fairlead.forge.namespace.Namespace;
import io.fairlead.forge.namespace.NamespaceQueries;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Projects over the API: list, make, look at, change, move, remove. */
public final class ProjectRoutes {
    private static final String BRANCH_DEFAULT = "main";

    private final ProjectQueries queries;
    private final Projects projects;
    private final ProjectAccess access;
    private final NamespaceQueries namespaces;
    private final RoleQueries roles;
    private final ProjectView view;
    private final ImportStart imports;

    public ProjectRoutes(
            ProjectQueries queries,
            Projects projects,
            ProjectAccess access,
            NamespaceQueries namespaces,
            RoleQueries roles,
            ProjectView view,
            ImportStart imports) {
        this.queries = queries;
        this.projects = projects;
        this.access = access;
        this.namespaces = namespaces;
        this.roles = roles;
        this.view = view;
        this.imports = imports;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/projects", Access.read(), this::list),
                Route.api(Method.GET, "/users/:id/projects", Access.read(), this::ofUser),
                Route.api(Method.POST, "/projects", Access.write(), this::create),
                Route.api(Method.GET, "/projects/:id", Access.reading(Permission.READ_PROJECT), this::one),
                Route.api(Method.PUT, "/projects/:id", Access.changing(Permission.CHANGE_PROJECT), this::change),
                Route.api(
                        Method.PUT, "/projects/:id/transfer", Access.changing(Permission.OWN_PROJECT), this::transfer),
                Route.api(Method.DELETE, "/projects/:id", Access.changing(Permission.DELETE_PROJECT), this::delete));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Optional<Role> least = parameters.number("min_access_level").stream()
                .mapToObj(level -> Role.ofLevel(level)
                        .orElseThrow(() -> ApiError.badParameter("min_access_level does not have a valid value")))
                .findFirst()
                .or(() -> parameters.flag("membership", false) ? Optional.of(Role.GUEST) : Optional.empty());
        return view.list(exchange, filter(exchange, least, parameters.flag("owned", false), OptionalLong.empty()));
    }

    /** The projects in someone's own namespace. */
    private Reply ofUser(Exchange exchange) {
        String named = exchange.path("id");
        Namespace own = (named.chars().allMatch(Character::isDigit)
                        ? namespaces.ofUser(exchange.pathNumber("id", "User"))
                        : namespaces.byPath(named))
                .filter(namespace -> !namespace.group())
                .orElseThrow(() -> ApiError.notFound("User"));
        return view.list(exchange, filter(exchange, Optional.empty(), false, OptionalLong.of(own.id())));
    }

    private ProjectFilter filter(Exchange exchange, Optional<Role> least, boolean owned, OptionalLong namespaceId) {
        Caller.Person person = exchange.person();
        return new ProjectFilter(
                person.userId(),
                person.admin(),
                least,
                owned,
                namespaceId,
                false,
                visibility(exchange.parameters()),
                exchange.parameters().searched("search").orElse(""),
                roles.today());
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(view.one(project(exchange), exchange.person()));
    }

    private Reply delete(Exchange exchange) {
        projects.delete(project(exchange));
        return new Reply.Json(202, Map.of(), Map.of("message", "202 Accepted"));
    }

    private Reply create(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        Optional<String> givenName = parameters.text("name").filter(name -> !name.isBlank());
        String path = parameters
                .text("path")
                .filter(text -> !text.isBlank())
                .or(() -> givenName.map(ProjectText::pathOf))
                .orElseThrow(
                        () -> ApiError.badParameter("name, path are missing, at least one parameter must be provided"));
        String name = givenName.orElse(path);
        String branch = parameters
                .text("default_branch")
                .filter(text -> !text.isBlank())
                .orElse(BRANCH_DEFAULT);
        Optional<String> description = parameters.text("description");
        ProjectText.check(Optional.of(name), Optional.of(path), Optional.of(branch), description);
        Namespace namespace = namespace(parameters.number("namespace_id"), person);
        Visibility visibility = visibility(parameters).orElse(Visibility.PRIVATE);
        refuseWider(visibility, namespace);
        Optional<Consumer<Project>> begin =
                parameters.text("import_url").filter(text -> !text.isBlank()).map(url -> imports.prepare(url, person));
        Project project = projects.create(
                        new Project.Draft(
                                namespace.id(),
                                name,
                                path,
                                description.orElse(null),
                                visibility,
                                branch,
                                person.userId()),
                        begin.isEmpty() && parameters.flag("initialize_with_readme", false))
                .orElseThrow(ProjectText::taken);
        begin.ifPresent(known -> known.accept(project));
        return Reply.created(view.one(project, person));
    }

    private Reply change(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Project project = project(exchange);
        Optional<String> name = parameters.text("name");
        Optional<String> path = parameters.text("path");
        Optional<String> branch = parameters.text("default_branch").filter(text -> !text.isBlank());
        Optional<String> description = parameters.text("description");
        ProjectText.check(name, path, branch, description);
        Optional<Visibility> visibility = visibility(parameters).filter(wanted -> wanted != project.visibility());
        if (visibility.isPresent()) {
            if (!access.allows(exchange.person(), project, Permission.OWN_PROJECT)) {
                throw ApiError.forbidden();
            }
            refuseWider(visibility.get(), project.namespace());
        }
        Project changed = projects.change(
                        project, new Project.Change(Optional.empty(), name, path, description, visibility, branch))
                .orElseThrow(ProjectText::taken);
        return Reply.ok(view.one(changed, exchange.person()));
    }

    private Reply transfer(Exchange exchange) {
        Project project = project(exchange);
        String named = exchange.parameters().requiredText("namespace");
        Namespace target = namespaces
                .byIdOrPath(named)
                .filter(found -> mayCreateIn(found, exchange.person()))
                .orElseThrow(() -> ApiError.notFound("Namespace"));
        refuseWider(project.visibility(), target);
        Project moved = projects.change(project, Project.Change.to(target.id()))
                .orElseThrow(() ->
                        ApiError.message(400, "Project with same name or path in target namespace already exists"));
        return Reply.ok(view.one(moved, exchange.person()));
    }

    private static Optional<Visibility> visibility(Parameters parameters) {
        return parameters
                .text("visibility")
                .map(text -> Visibility.of(text)
                        .orElseThrow(() -> ApiError.badParameter("visibility does not have a valid value")));
    }

    private static void refuseWider(Visibility visibility, Namespace namespace) {
        if (visibility.compareTo(namespace.visibility()) > 0) {
            throw ApiError.invalid(
                    "visibility_level",
                    visibility.text() + " is not allowed in a "
                            + namespace.visibility().text() + " group.");
        }
    }

    private Namespace namespace(OptionalLong id, Caller.Person person) {
        if (id.isEmpty()) {
            return namespaces.ofUser(person.userId()).orElseThrow(() -> ApiError.notFound("Namespace"));
        }
        return namespaces
                .byId(id.getAsLong())
                .filter(found -> mayCreateIn(found, person))
                .orElseThrow(() -> ApiError.invalid("namespace", "is not valid"));
    }

    private boolean mayCreateIn(Namespace namespace, Caller.Person person) {
        Role role = roles.inGroup(person.userId(), namespace.id()).orElse(null);
        return Permission.CREATE_PROJECT.allows(
                new Permission.Standing(true, person.admin(), role, namespace.visibility()));
    }

    private Project project(Exchange exchange) {
        return queries.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
    }
}
