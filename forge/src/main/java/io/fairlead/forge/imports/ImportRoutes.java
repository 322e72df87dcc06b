package io.fairlead.forge.imports;

import io.fairlead.forge.access.Permission;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.api.Times;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.project.ProjectQueries;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an import goes on, over the API; it begins with {@code import_url} of a new project. */
public final class ImportRoutes {
    private final ImportQueries imports;
    private final ProjectQueries projects;

    /** As GitLab shows it, but for what it counts. */
    record ImportJson(
            long id,
            @Nullable String description,
            String name,
            String path,
            String pathWithNamespace,
            String createdAt,
            @Nullable String importType,
            String importStatus,
            @Nullable String importError,
            List<String> failedRelations) {}

    public ImportRoutes(ImportQueries imports, ProjectQueries projects) {
        this.imports = imports;
        this.projects = projects;
    }

    public List<Route> routes() {
        return List.of(
                Route.api(Method.GET, "/projects/:id/import", Access.reading(Permission.READ_PROJECT), this::status));
    }

    private Reply status(Exchange exchange) {
        Project project = projects.byId(exchange.projectId()).orElseThrow(() -> ApiError.notFound("Project"));
        Optional<ProjectImport> known = imports.of(project.id());
        return Reply.ok(new ImportJson(
                project.id(),
                project.description(),
                project.name(),
                project.path(),
                project.fullPath(),
                Times.text(project.createdAt()),
                known.map(one -> "git").orElse(null),
                known.map(one -> one.status().text()).orElse("none"),
                known.flatMap(ProjectImport::error).orElse(null),
                List.of()));
    }
}
