package io.fairlead.cli.kubectl;

import io.fairlead.base.digest.Sha256;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code fairlead kube-credential --agent-id N}: what a kubeconfig names for kubectl to run. */
@Command(
        name = "kube-credential",
        description =
                "Prints a credential for an agent's cluster that ends within an hour, as kubectl's exec plug-ins do."
                        + " \"fairlead agent kubeconfig\" writes a kubeconfig that runs this.")
public final class KubeCredentialCommand implements Runnable {
    /** What a server that says nothing about it is taken at: kubectl asks again when it is refused. */
    private static final Duration LIFE_MAX = Duration.ofHours(1);

    @Option(names = "--agent-id", paramLabel = "ID", required = true, description = "The agent's number.")
    private long agent;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    public KubeCredentialCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            String name = Sha256.of(api.location().url() + "\n" + agent + "\n" + api.tokenDigest());
            ClusterCredential credential = CredentialCache.of(context).credential(name, () -> fetched(api));
            context.out().print(credential.execCredential());
        }
    }

    private ClusterCredential fetched(ForgeApi api) {
        JsonNode answer = api.post(
                "/user/cluster_credentials",
                Map.of("agent_id", agent),
                "a credential for agent " + agent + ", or the server makes none as a GitLab does (then write the"
                        + " kubeconfig with --static-token)");
        String secret = answer.path("token").asString("");
        long seconds = Math.min(answer.path("expires_in").asLong(0), LIFE_MAX.toSeconds());
        if (secret.isEmpty() || seconds <= 0) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    api.location().url() + " answered with no credential; write the kubeconfig with --static-token");
        }
        // Counted from now on: this machine's clock need not be the server's.
        return new ClusterCredential(
                "pat:" + agent + ":" + secret, context.clock().instant().plusSeconds(seconds));
    }
}
