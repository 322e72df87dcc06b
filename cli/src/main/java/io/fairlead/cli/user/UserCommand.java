package io.fairlead.cli.user;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead user …}. */
@Command(name = "user", description = "Creates, lists, blocks and unblocks people.")
public final class UserCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private UserCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new UserCommand())
                .addSubcommand(new UserCreateCommand(context))
                .addSubcommand(new UserListCommand(context))
                .addSubcommand(new UserStateCommand.Block(context))
                .addSubcommand(new UserStateCommand.Unblock(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create, list, block or unblock");
    }
}
