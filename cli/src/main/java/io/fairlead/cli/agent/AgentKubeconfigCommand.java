package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fairlead agent kubeconfig PROJECT:AGENT --file FILE}. */
@Command(
        name = "kubeconfig",
        description = "Writes a kubeconfig that leads kubectl through kas to the agent's cluster, as you. It holds a"
                + " personal access token of yours that is good for nothing else.")
final class AgentKubeconfigCommand implements Runnable {
    private static final int DAYS_MAX = 365;

    @Parameters(
            paramLabel = "PROJECT:AGENT",
            converter = AgentName.Converter.class,
            description = "The project's path and the agent's name.")
    private AgentName name = new AgentName("", "");

    @Option(
            names = "--file",
            paramLabel = "FILE",
            required = true,
            description = "Where the kubeconfig is written, readable by you alone; - for standard output.")
    private String file = "";

    @Option(names = "--days", description = "How long its token is valid (default: ${DEFAULT-VALUE}).")
    private int days = 7;

    @Option(names = "--namespace", description = "The namespace kubectl means when none is named.")
    private Optional<String> namespace = Optional.empty();

    @Option(names = "--overwrite", description = "Replace the file if it exists.")
    private boolean overwrite;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CommandContext context;

    AgentKubeconfigCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (days < 1 || days > DAYS_MAX) {
            throw new ParameterException(spec.commandLine(), "--days must be from 1 to " + DAYS_MAX + ", not " + days);
        }
        SecretFile.checkWritable(file, overwrite);
        try (ForgeApi api = server.open(context)) {
            long agent = name.find(api).path("id").asLong();
            String proxy = KasAddresses.proxy(api);
            LocalDate expiry = context.dayAfter(days);
            String token = api.post(
                            "/user/personal_access_tokens",
                            Map.of(
                                    "name", "kubeconfig " + name,
                                    "scopes", List.of("k8s_proxy"),
                                    "expires_at", expiry.toString()),
                            "a personal access token")
                    .path("token")
                    .asString();
            KubeconfigText config = new KubeconfigText(
                    name.toString(), proxy, api.location().caFile(), "pat:" + agent + ":" + token, namespace);
            SecretFile.write(file, config.yaml(), overwrite, context);
            context.err()
                    .println("kubeconfig for " + name + (file.equals("-") ? "" : " is in " + file)
                            + "; its token expires on " + expiry);
        }
    }
}
