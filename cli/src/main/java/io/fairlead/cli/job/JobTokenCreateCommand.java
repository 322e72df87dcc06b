package io.fairlead.cli.job;

import io.fairlead.cli.agent.KasAddresses;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code fairlead job-token create PROJECT --file FILE}. */
@Command(
        name = "create",
        description =
                "Makes a token for what runs as a job; Maintainers may. It is shown this once only, and good for the"
                        + " project, branch or tag, environment and person it is made for.")
final class JobTokenCreateCommand implements Runnable {
    private static final int MINUTES_MAX = 24 * 60;

    @Parameters(paramLabel = "PROJECT", description = "The project's path.")
    private String project = "";

    @Option(names = "--ref", description = "The branch or tag that the job runs for (default: the default branch).")
    private Optional<String> ref = Optional.empty();

    @Option(names = "--environment", description = "The environment that the job deploys to.")
    private Optional<String> environment = Optional.empty();

    @Option(names = "--user", paramLabel = "USERNAME", description = "Whose job it is; only administrators may say.")
    private Optional<String> username = Optional.empty();

    @Option(names = "--minutes", description = "How long the job may take (default: ${DEFAULT-VALUE}).")
    private int minutes = 60;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Where the token is written, readable by you alone; - for standard output.")
    private Optional<String> file = Optional.empty();

    @Option(
            names = "--kubeconfig",
            paramLabel = "FILE",
            description =
                    "Where a kubeconfig of the agents that the job may use is written, readable by you alone; - for"
                            + " standard output. It holds the token.")
    private Optional<String> kubeconfig = Optional.empty();

    @Option(names = "--overwrite", description = "Replace files that exist.")
    private boolean overwrite;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final CommandContext context;

    JobTokenCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (minutes < 1 || minutes > MINUTES_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--minutes must be from 1 to " + MINUTES_MAX + ", not " + minutes);
        }
        if (file.isEmpty() && kubeconfig.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "say where the token goes: --file FILE, --kubeconfig FILE or both");
        }
        if (file.isPresent() && file.equals(kubeconfig)) {
            throw new ParameterException(spec.commandLine(), "--file and --kubeconfig cannot be the same");
        }
        Stream.of(file, kubeconfig)
                .flatMap(Optional::stream)
                .forEach(name -> SecretFile.checkWritable(name, overwrite));
        try (ForgeApi api = server.open(context)) {
            JsonNode job = api.post(
                    "/projects/" + ForgeApi.segment(project) + "/job_tokens", members(), "a job token of " + project);
            String token = job.path("token").asString("");
            file.ifPresent(name -> SecretFile.write(name, token + "\n", overwrite, context));
            context.err()
                    .println("job " + job.path("id").asLong() + " of " + project + ", as "
                            + job.path("username").asString("") + " on "
                            + job.path("ref").asString("")
                            + (job.path("protected").asBoolean(false) ? " (protected)" : "")
                            + ", until " + job.path("expires_at").asString(""));
            kubeconfig.ifPresent(name -> writeKubeconfig(api, job, token, name));
        }
    }

    private Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        ref.ifPresent(name -> members.put("ref", name));
        environment.ifPresent(name -> members.put("environment", name));
        username.ifPresent(name -> members.put("username", name));
        members.put("expires_in", minutes * 60);
        return members;
    }

    private void writeKubeconfig(ForgeApi api, JsonNode job, String token, String name) {
        JobKubeconfig config = JobKubeconfig.of(
                KasAddresses.proxy(api),
                api.location().caFile(),
                token,
                api.getAsJob("/job/allowed_agents", token, "the agents of the job"),
                job.path("environment").path("cluster_agent_id").asLong(0));
        SecretFile.write(name, config.yaml(), overwrite, context);
        context.err().println(config.summary());
    }
}
