package io.fairlead.cli.job;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fairlead job-token revoke PROJECT JOB}. */
@Command(name = "revoke", description = "Ends a job and its token for good; Maintainers may.")
final class JobTokenRevokeCommand implements Runnable {
    @Parameters(paramLabel = "PROJECT", description = "The project's path.")
    private String project = "";

    @Parameters(paramLabel = "JOB", description = "The job's number, as \"fairlead job-token create\" said it.")
    private long job;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    JobTokenRevokeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            api.delete(
                    "/projects/" + ForgeApi.segment(project) + "/job_tokens/" + job, "job " + job + " of " + project);
            context.out().println("job " + job + " has ended");
        }
    }
}
