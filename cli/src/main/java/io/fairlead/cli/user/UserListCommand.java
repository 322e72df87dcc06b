package io.fairlead.cli.user;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead user list}. */
@Command(name = "list", description = "Lists the people you may see.")
final class UserListCommand implements Runnable {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    UserListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            List<JsonNode> all = api.list("/users", "users");
            TextTable table = new TextTable("ID", "USERNAME", "NAME", "STATE");
            for (JsonNode one : all) {
                table.row(
                        one.path("id").asLong(),
                        one.path("username").asString(""),
                        one.path("name").asString(""),
                        one.path("state").asString(""));
            }
            output.print(context.out(), all, table.toString());
        }
    }
}
