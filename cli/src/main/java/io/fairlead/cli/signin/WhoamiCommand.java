package io.fairlead.cli.signin;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead whoami}. */
@Command(name = "whoami", description = "Says as whom, and to which server, the commands speak.")
public final class WhoamiCommand implements Runnable {
    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public WhoamiCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            JsonNode user = api.get("/user", "who you are");
            output.print(
                    context.out(),
                    user,
                    user.path("username").asString() + " at " + api.location().url());
        }
    }
}
