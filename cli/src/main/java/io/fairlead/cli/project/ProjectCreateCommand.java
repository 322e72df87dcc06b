package io.fairlead.cli.project;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.forge.Visibility;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead project create PATH}. */
@Command(name = "create", description = "Creates a project.")
final class ProjectCreateCommand implements Runnable {
    @Parameters(
            paramLabel = "PATH",
            description = "The project's path: its name in your own namespace, or namespace/name.")
    private String path = "";

    @Option(names = "--visibility", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Visibility visibility = Visibility.PRIVATE;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    ProjectCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            JsonNode project = NewProject.create(api, path, visibility, Map.of());
            output.print(context.out(), project, text(project));
        }
    }

    private static String text(JsonNode project) {
        return "project " + project.path("path_with_namespace").asString() + " (id "
                + project.path("id").asLong() + ")\nGit: "
                + project.path("http_url_to_repo").asString();
    }
}
