package io.fairlead.cli.project;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead project …}. */
@Command(name = "project", description = "Creates, imports and lists projects.")
public final class ProjectCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ProjectCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new ProjectCommand())
                .addSubcommand(new ProjectCreateCommand(context))
                .addSubcommand(new ProjectImportCommand(context))
                .addSubcommand(new ProjectListCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create, import or list");
    }
}
