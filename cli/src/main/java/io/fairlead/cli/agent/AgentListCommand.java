package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead agent list PROJECT}. */
@Command(name = "list", description = "Lists a project's agents.")
final class AgentListCommand implements Runnable {
    @Parameters(paramLabel = "PROJECT", description = "The project's path.")
    private String project = "";

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    AgentListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            List<JsonNode> agents =
                    api.list("/projects/" + ForgeApi.segment(project) + "/cluster_agents", "project " + project);
            TextTable table = new TextTable("ID", "NAME", "CREATED");
            for (JsonNode agent : agents) {
                table.row(
                        agent.path("id").asLong(),
                        agent.path("name").asString(""),
                        agent.path("created_at").asString(""));
            }
            output.print(context.out(), agents, table.toString());
        }
    }
}
