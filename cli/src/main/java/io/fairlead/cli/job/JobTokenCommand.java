package io.fairlead.cli.job;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead job-token …}. */
@Command(name = "job-token", description = "Makes and revokes tokens for what runs as a job of a project.")
public final class JobTokenCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private JobTokenCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new JobTokenCommand())
                .addSubcommand(new JobTokenCreateCommand(context))
                .addSubcommand(new JobTokenRevokeCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create or revoke");
    }
}
