package io.fairlead.cli.agent;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.time.LocalDate;
import java.util.ArrayList;
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
        description = "Writes a kubeconfig that leads kubectl through kas to the agent's cluster, as you. It holds no"
                + " secret: kubectl has fairlead fetch credentials that end within an hour.")
final class AgentKubeconfigCommand implements Runnable {
    private static final int DAYS_MAX = 365;
    private static final int DAYS = 7;

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

    @Option(
            names = "--static-token",
            description = "For machines without fairlead: write a personal access token into the file, good for nothing"
                    + " but clusters.")
    private boolean staticToken;

    @Option(names = "--days", description = "With --static-token: how long the token is valid (default: " + DAYS + ").")
    private Optional<Integer> days = Optional.empty();

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
        if (days.isPresent() && !staticToken) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--days is for --static-token; other credentials end within an hour and are fetched anew");
        }
        if (days.orElse(DAYS) < 1 || days.orElse(DAYS) > DAYS_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--days must be from 1 to " + DAYS_MAX + ", not " + days.get());
        }
        SecretFile.checkWritable(file, overwrite);
        try (ForgeApi api = server.open(context)) {
            long agent = name.find(api).path("id").asLong();
            String proxy = KasAddresses.proxy(api);
            LocalDate expiry = context.dayAfter(days.orElse(DAYS));
            KubeconfigText.User user = staticToken ? token(api, agent, expiry) : program(api, agent);
            KubeconfigText config =
                    new KubeconfigText(name.toString(), proxy, api.location().caFile(), user, namespace);
            SecretFile.write(file, config.yaml(), overwrite, context);
            String where = "kubeconfig for " + name + (file.equals("-") ? "" : " is in " + file);
            context.err().println(staticToken ? where + "; its token expires on " + expiry : where);
            if (!staticToken && server.tokenInEnvironment(context)) {
                context.err()
                        .println("kubectl will need FAIRLEAD_TOKEN in its environment too, or sign in with \"fairlead"
                                + " login " + api.location().url() + "\"");
            }
        }
    }

    private KubeconfigText.User token(ForgeApi api, long agent, LocalDate expiry) {
        String token = api.post(
                        "/user/personal_access_tokens",
                        Map.of(
                                "name", "kubeconfig " + name,
                                "scopes", List.of("k8s_proxy"),
                                "expires_at", expiry.toString()),
                        "a personal access token")
                .path("token")
                .asString();
        return new KubeconfigText.User.Token("pat:" + agent + ":" + token);
    }

    /** The launcher says where the program is; kubectl need not have it in its path. */
    private KubeconfigText.User program(ForgeApi api, long agent) {
        List<String> arguments = new ArrayList<>(List.of("kube-credential", "--agent-id", Long.toString(agent)));
        arguments.addAll(server.again(context, api.location()));
        return new KubeconfigText.User.Program(
                context.environment().value("FAIRLEAD_PROGRAM").orElse("fairlead"), arguments);
    }
}
