package io.fairlead.cli.agent;

import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fairlead agent …}. */
@Command(name = "agent", description = "Creates agents, and writes what clusters and kubectl need for them.")
public final class AgentCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private AgentCommand() {}

    public static CommandLine commandLine(CommandContext context) {
        return new CommandLine(new AgentCommand())
                .addSubcommand(new AgentCreateCommand(context))
                .addSubcommand(new AgentListCommand(context))
                .addSubcommand(new AgentTokenCommand(context))
                .addSubcommand(new AgentKubeconfigCommand(context))
                .addSubcommand(new AgentManifestCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command: create, list, token, kubeconfig or manifest");
    }
}
