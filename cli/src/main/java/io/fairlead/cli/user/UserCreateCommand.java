package io.fairlead.cli.user;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead user create USERNAME --email ADDRESS}. */
@Command(name = "create", description = "Adds a person; only administrators may.")
final class UserCreateCommand implements Runnable {
    @Parameters(paramLabel = "USERNAME", description = "The name to sign in with, and of the person's own namespace.")
    private String username = "";

    @Option(names = "--email", paramLabel = "ADDRESS", required = true, description = "Where the person gets mail.")
    private String email = "";

    @Option(names = "--name", description = "The person's name (default: the username).")
    private String name = "";

    @Option(names = "--admin", description = "The person may do everything.")
    private boolean admin;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    UserCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            Map<String, Object> members = Map.of(
                    "username", username, "email", email, "name", name.isEmpty() ? username : name, "admin", admin);
            JsonNode user = api.post("/users", members, "user " + username);
            output.print(
                    context.out(),
                    user,
                    "user " + user.path("username").asString() + " (id "
                            + user.path("id").asLong() + ")");
        }
    }
}
