package io.fairlead.cli.project;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead project list}. */
@Command(name = "list", description = "Lists the projects you may see.")
final class ProjectListCommand implements Runnable {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    ProjectListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            List<JsonNode> projects = api.list("/projects", "projects");
            TextTable table = new TextTable("ID", "PATH", "VISIBILITY", "GIT");
            for (JsonNode project : projects) {
                table.row(
                        project.path("id").asLong(),
                        project.path("path_with_namespace").asString(""),
                        project.path("visibility").asString(""),
                        project.path("http_url_to_repo").asString(""));
            }
            output.print(context.out(), projects, table.toString());
        }
    }
}
