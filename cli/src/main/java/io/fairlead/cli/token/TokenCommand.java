package io.fairlead.cli.token;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead token …}. */
@Command(name = "token", description = "Makes, lists and revokes personal access tokens.")
public final class TokenCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private TokenCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new TokenCommand())
                .addSubcommand(new TokenCreateCommand(context))
                .addSubcommand(new TokenListCommand(context))
                .addSubcommand(new TokenRevokeCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create, list or revoke");
    }
}
