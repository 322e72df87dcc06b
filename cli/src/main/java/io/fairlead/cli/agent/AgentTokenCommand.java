package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.NewToken;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead agent token PROJECT:AGENT --file FILE}. */
@Command(
        name = "token",
        description = "Makes a token with which agentk proves which agent it is. The server shows it this once only.")
final class AgentTokenCommand implements Runnable {
    @Parameters(
            paramLabel = "PROJECT:AGENT",
            converter = AgentName.Converter.class,
            description = "The project's path and the agent's name.")
    private AgentName name = new AgentName("", "");

    @Option(
            names = "--file",
            paramLabel = "FILE",
            required = true,
            description = "Where the token is written, readable by you alone; - for standard output.")
    private String file = "";

    @Option(names = "--name", description = "The token's name on the server (default: ${DEFAULT-VALUE}).")
    private String tokenName = "agentk";

    @Option(names = "--overwrite", description = "Replace the file if it exists.")
    private boolean overwrite;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    AgentTokenCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        SecretFile.checkWritable(file, overwrite);
        try (ForgeApi api = server.open(context)) {
            long agent = name.find(api).path("id").asLong();
            JsonNode token = api.post(
                    name.agentsPath() + "/" + agent + "/tokens", Map.of("name", tokenName), "a token of agent " + name);
            NewToken.keep(token, "agent " + name, file, overwrite, context);
        }
    }
}
