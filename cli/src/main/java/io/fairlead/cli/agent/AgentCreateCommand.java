package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead agent create PROJECT:AGENT}. */
@Command(name = "create", description = "Registers an agent with a project.")
final class AgentCreateCommand implements Runnable {
    @Parameters(
            paramLabel = "PROJECT:AGENT",
            converter = AgentName.Converter.class,
            description = "The project's path and the agent's name.")
    private AgentName name = new AgentName("", "");

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    AgentCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            JsonNode agent = api.post(name.agentsPath(), Map.of("name", name.agent()), "agent " + name);
            String text = "agent " + name + " (id " + agent.path("id").asLong() + ")\nnext: fairlead agent token "
                    + name + " --file agent.token";
            output.print(context.out(), agent, text);
        }
    }
}
