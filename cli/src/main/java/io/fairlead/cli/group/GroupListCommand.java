package io.fairlead.cli.group;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead group list}. */
@Command(name = "list", description = "Lists the groups you may see.")
final class GroupListCommand implements Runnable {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    GroupListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            List<JsonNode> all = api.list("/groups", "groups");
            TextTable table = new TextTable("ID", "PATH", "VISIBILITY");
            for (JsonNode one : all) {
                table.row(
                        one.path("id").asLong(),
                        one.path("full_path").asString(""),
                        one.path("visibility").asString(""));
            }
            output.print(context.out(), all, table.toString());
        }
    }
}
