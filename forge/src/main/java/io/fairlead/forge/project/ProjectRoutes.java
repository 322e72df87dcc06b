package io.fairlead.forge.project;

import io.fairlead.forge.access.Permission;
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
import io.fairlead.forge.identity.Names;
import io.fairlead.forge.identity.User;
import io.fairlead.forge.identity.UserQueries;
import io.fairlead.forge.repository.BranchNames;
import io.fairlead.forge.repository.Repositories;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Projects over the API: list, make, look at, remove. */
public final class ProjectRoutes {
    private static final int NAME_LENGTH_MAX = 255;
    private static final int DESCRIPTION_LENGTH_MAX = 2000;
    private static final String BRANCH_DEFAULT = "main";

    private final ProjectQueries queries;
    private final Projects projects;
    private final MemberQueries members;
    private final UserQueries users;
    private final Repositories repositories;
    private final String externalUrl;

    public ProjectRoutes(
            ProjectQueries queries,
            Projects projects,
            MemberQueries members,
            UserQueries users,
            Repositories repositories,
            String externalUrl) {
        this.queries = queries;
        this.projects = projects;
        this.members = members;
        this.users = users;
        this.repositories = repositories;
        this.externalUrl = externalUrl;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/projects", Access.read(), this::list),
                Route.api(Method.POST, "/projects", Access.write(), this::create),
                Route.api(Method.GET, "/projects/:id", Access.reading(Permission.READ_PROJECT), this::one),
                Route.api(Method.DELETE, "/projects/:id", Access.changing(Permission.DELETE_PROJECT), this::delete));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Caller.Person person = exchange.person();
        Page page = Page.of(exchange);
        ProjectQueries.Filter filter = new ProjectQueries.Filter(
                person.userId(),
                person.admin(),
                parameters.flag("membership", false),
                parameters.flag("owned", false),
                parameters.text("search").orElse(""));
        List<ProjectJson> part = queries.list(filter, page.offset(), page.size()).stream()
                .map(project -> json(project, person))
                .toList();
        return page.reply(exchange, part, queries.count(filter));
    }

    private Reply one(Exchange exchange) {
        return Reply.ok(json(project(exchange), exchange.person()));
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
                .or(() -> givenName.map(ProjectRoutes::pathOf))
                .orElseThrow(
                        () -> ApiError.badParameter("name, path are missing, at least one parameter must be provided"));
        String name = givenName.orElse(path);
        String branch = parameters
                .text("default_branch")
                .filter(text -> !text.isBlank())
                .orElse(BRANCH_DEFAULT);
        String description = parameters.text("description").orElse(null);
        Visibility visibility = parameters
                .text("visibility")
                .map(text -> Visibility.of(text)
                        .orElseThrow(() -> ApiError.badParameter("visibility does not have a valid value")))
                .orElse(Visibility.PRIVATE);
        Map<String, List<String>> problems = problems(name, path, branch, description);
        if (!problems.isEmpty()) {
            throw ApiError.invalid(problems);
        }
        Namespace namespace = namespace(parameters.number("namespace_id"), person);
        Project project = projects.create(
                        new Project.Draft(namespace.id(), name, path, description, visibility, branch, person.userId()))
                .orElseThrow(() -> ApiError.invalid(Map.of(
                        "name", List.of("has already been taken"),
                        "path", List.of("has already been taken"),
                        "project_namespace.name", List.of("has already been taken"))));
        if (parameters.flag("initialize_with_readme", false)) {
            User author = users.byId(person.userId()).orElseThrow(ApiError::unauthorized);
            repositories.addReadme(
                    project.id(), project.defaultBranch(), project.name(), author.name(), author.email());
        }
        return Reply.created(json(project, person));
    }

    private static Map<String, List<String>> problems(
            String name, String path, String branch, @org.jspecify.annotations.Nullable String description) {
        Map<String, List<String>> problems = new LinkedHashMap<>();
        if (name.length() > NAME_LENGTH_MAX || name.chars().anyMatch(Character::isISOControl)) {
            problems.put("name", List.of("must have at most " + NAME_LENGTH_MAX + " printable characters"));
        }
        if (!Names.part(path)) {
            problems.put(
                    "path",
                    List.of(
                            "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or"
                                    + " end in '.atom'"));
        }
        if (!BranchNames.valid(branch)) {
            problems.put("default_branch", List.of("is not a valid branch name"));
        }
        if (description != null && description.length() > DESCRIPTION_LENGTH_MAX) {
            problems.put("description", List.of("is too long (maximum is " + DESCRIPTION_LENGTH_MAX + " characters)"));
        }
        return problems;
    }

    private Namespace namespace(OptionalLong id, Caller.Person person) {
        if (id.isEmpty()) {
            return queries.namespaceOf(person.userId()).orElseThrow(() -> ApiError.notFound("Namespace"));
        }
        return queries.namespace(id.getAsLong())
                .filter(found -> person.admin() || Long.valueOf(person.userId()).equals(found.ownerId()))
                .orElseThrow(() -> ApiError.invalid("namespace", "is not valid"));
    }

    /** As GitLab derives it: blanks and other signs become one dash. */
    private static String pathOf(String name) {
        return name.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9_.-]+", "-")
                .replaceAll("^[-.]+|[-.]+$", "");
    }

    private Project project(Exchange exchange) {
        return queries.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
    }

    private ProjectJson json(Project project, Caller.Person person) {
        Optional<User> owner =
                Optional.ofNullable(project.namespace().ownerId()).flatMap(users::byId);
        return ProjectJson.of(
                project,
                repositories.empty(project.id(), project.defaultBranch()),
                owner,
                members.roleOf(person.userId(), project.id()),
                externalUrl);
    }
}
