package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerLocation;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fairlead agent manifest PROJECT:AGENT --agent-token-file FILE | kubectl apply -f -}. */
@Command(
        name = "manifest",
        description = "Prints what a cluster needs to run the agent: pipe it into \"kubectl apply -f -\". It holds the"
                + " agent's token, as a Secret.")
final class AgentManifestCommand implements Runnable {
    @Parameters(
            paramLabel = "PROJECT:AGENT",
            converter = AgentName.Converter.class,
            description = "The project's path and the agent's name.")
    private AgentName name = new AgentName("", "");

    @Option(
            names = "--agent-token-file",
            paramLabel = "FILE",
            required = true,
            description = "File with the agent's token (\"fairlead agent token\" writes it), - for standard input.")
    private String agentTokenFile = "";

    @Option(
            names = "--kas-address",
            paramLabel = "URL",
            description = "How pods reach kas: grpc://, grpcs://, ws:// or wss:// (default: as the server says).")
    private Optional<String> kasAddress = Optional.empty();

    @Option(names = "--namespace", description = "Namespace to run in (default: fairlead-agent-AGENT).")
    private Optional<String> namespace = Optional.empty();

    @Option(names = "--image", description = "The agent's image (default: the one of this version).")
    private String image = AgentManifest.DEFAULT_IMAGE;

    @Option(names = "--replicas", description = "How many pods run the agent (default: ${DEFAULT-VALUE}).")
    private int replicas = 1;

    @Option(
            names = "--impersonate-user",
            paramLabel = "NAME",
            description = "Allow the agent to act as this Kubernetes user only; repeatable (default: as any user).")
    private List<String> users = List.of();

    @Option(
            names = "--impersonate-group",
            paramLabel = "NAME",
            description = "Allow the agent to act for this Kubernetes group only; repeatable (default: for any group).")
    private List<String> groups = List.of();

    @Option(
            names = "--flux",
            description = "Give the agent the right to make Flux look at a repository as soon as it was pushed to.")
    private boolean flux;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    AgentManifestCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        String token = SecretFile.read(agentTokenFile, context);
        ServerLocation location = server.location(context);
        AgentManifest manifest = new AgentManifest(
                name,
                namespace.orElse("fairlead-agent-" + name.agent()),
                image,
                replicas,
                kasAddress.orElseGet(this::askServer),
                location.caFile(),
                users,
                groups,
                flux);
        context.out().print(manifest.yaml(token));
    }

    private String askServer() {
        try (ForgeApi api = server.open(context)) {
            // A Secret for an agent that is not there would be found out in the cluster only.
            name.find(api);
            return KasAddresses.agents(api);
        }
    }
}
