package io.fairlead.cli.user;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.People;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead user block USERNAME} and {@code fairlead user unblock USERNAME}. */
abstract class UserStateCommand implements Runnable {
    @Parameters(paramLabel = "USERNAME", description = "Whose account it is.")
    private String username = "";

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;
    private final String step;
    private final String state;

    UserStateCommand(CommandContext context, String step, String state) {
        this.context = context;
        this.step = step;
        this.state = state;
    }

    /** Blocks. */
    @Command(
            name = "block",
            description = {
                "Blocks a person's account; only administrators may.",
                "Their tokens, SSH keys and password are refused from the next request on, until they are unblocked."
            })
    static final class Block extends UserStateCommand {
        Block(CommandContext context) {
            super(context, "block", "blocked");
        }
    }

    /** Takes it back. */
    @Command(
            name = "unblock",
            description =
                    "Lets a blocked person in again, with the tokens and keys of before; only administrators may.")
    static final class Unblock extends UserStateCommand {
        Unblock(CommandContext context) {
            super(context, "unblock", "active");
        }
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            long id = People.id(api, username);
            JsonNode done = api.post("/users/" + id + "/" + step, Map.of(), "the account of " + username);
            output.print(context.out(), done, "user " + username + " (id " + id + ") is " + state);
        }
    }
}
