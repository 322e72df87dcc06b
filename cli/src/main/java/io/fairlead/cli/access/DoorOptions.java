package io.fairlead.cli.access;

import io.fairlead.base.tls.TrustedCertificates;
import io.fairlead.cli.agent.AgentName;
import io.fairlead.cli.agent.KasAddresses;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.SecretFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which agent a command asks, and as whom: an agent by name, or the context of a kubeconfig, which is kubectl's way. */
final class DoorOptions {
    /** For the minutes that a command runs; whole days are what access tokens count in. */
    private static final int TOKEN_DAYS = 1;

    @Option(
            names = "--agent",
            paramLabel = "PROJECT:AGENT",
            converter = AgentName.Converter.class,
            description = "The agent to ask, as you (default: the one of the kubeconfig's context).")
    private Optional<AgentName> agent = Optional.empty();

    @Option(
            names = "--as-job",
            paramLabel = "FILE",
            description = "With --agent: ask as the job whose token is in this file, - for standard input.")
    private Optional<String> job = Optional.empty();

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The kubeconfig to use (KUBECONFIG).")
    private Optional<Path> kubeconfig = Optional.empty();

    @Option(names = "--context", paramLabel = "NAME", description = "The kubeconfig's context (default: its current).")
    private Optional<String> contextName = Optional.empty();

    @Mixin
    private ServerOptions server = new ServerOptions();

    /** The way to the forge. */
    ForgeApi forge(CommandContext context) {
        return server.open(context);
    }

    /** The agent's name: as given, or as GitLab names contexts. */
    Optional<AgentName> agent(CommandContext context) {
        return agent.or(() -> AgentName.of(entry(context).context()));
    }

    /** The namespace that the kubeconfig's context means. */
    Optional<String> namespace(CommandContext context) {
        return agent.isPresent() ? Optional.empty() : entry(context).namespace();
    }

    AgentDoor open(CommandContext context) {
        if (agent.isPresent()) {
            return byName(context, agent.get());
        }
        if (job.isPresent()) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--as-job needs --agent; a job's kubeconfig acts as the job anyway");
        }
        KubeconfigEntry entry = entry(context);
        return new AgentDoor(entry.server(), entry.tls(), entry.credential().get(), () -> {});
    }

    private KubeconfigEntry entry(CommandContext context) {
        return KubeconfigEntry.read(kubeconfig, contextName, context.environment());
    }

    private AgentDoor byName(CommandContext context, AgentName name) {
        ForgeApi api = server.open(context);
        try {
            long id = name.find(api).path("id").asLong();
            String proxy = KasAddresses.proxy(api);
            var tls = api.location().caFile().map(TrustedCertificates::with);
            if (job.isPresent()) {
                return new AgentDoor(proxy, tls, "ci:" + id + ":" + SecretFile.read(job.get(), context), api::close);
            }
            JsonNode token = api.post(
                    "/user/personal_access_tokens",
                    Map.of(
                            "name", "fairlead question to " + name,
                            "scopes", List.of("k8s_proxy"),
                            "expires_at", context.dayAfter(TOKEN_DAYS).toString()),
                    "a personal access token");
            String path = "/personal_access_tokens/" + token.path("id").asLong();
            return new AgentDoor(
                    proxy, tls, "pat:" + id + ":" + token.path("token").asString(), () -> {
                        try (api) {
                            api.delete(path, "the token of this question");
                        }
                    });
        } catch (CommandFailure e) {
            api.close();
            throw e;
        }
    }
}
