package io.fairlead.cli.group;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead group …}. */
@Command(name = "group", description = "Creates and lists groups.")
public final class GroupCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private GroupCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new GroupCommand())
                .addSubcommand(new GroupCreateCommand(context))
                .addSubcommand(new GroupListCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create or list");
    }
}
