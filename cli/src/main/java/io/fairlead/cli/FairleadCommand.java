package io.fairlead.cli;

import io.fairlead.cli.access.GrantCommand;
import io.fairlead.cli.access.WhoCanCommand;
import io.fairlead.cli.access.WhyCommand;
import io.fairlead.cli.agent.AgentCommand;
import io.fairlead.cli.audit.AuditCommand;
import io.fairlead.cli.group.GroupCommand;
import io.fairlead.cli.job.JobTokenCommand;
import io.fairlead.cli.kubectl.KubeCredentialCommand;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.FailureMessages;
import io.fairlead.cli.output.UsageMessages;
import io.fairlead.cli.project.ProjectCommand;
import io.fairlead.cli.signin.LoginCommand;
import io.fairlead.cli.signin.LogoutCommand;
import io.fairlead.cli.signin.WhoamiCommand;
import io.fairlead.cli.token.TokenCommand;
import io.fairlead.cli.user.UserCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code fairlead}: those that speak to a server, and those that are one, which its caller adds. */
@Command(
        name = "fairlead",
        description = "GitLab's integration with Kubernetes, whole.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = VersionCommand.Provider.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed",
            "2:wrong usage or configuration",
            "3:not found",
            "4:refused: the token is missing, wrong or not allowed to do this",
            "5:no server answers at the address",
            "6:exists already"
        },
        footer = {"", "Tokens are read from files, standard input or the environment, never from the command line."})
@SuppressWarnings("UnusedVariable") // Picocli reads and acts on the fields of --help and --version.
public final class FairleadCommand implements Runnable {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Prints which build this is.")
    private boolean version;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private FairleadCommand() {}

    /** The whole command line. {@code processes} are the commands that run a process, by name. */
    public static CommandLine commandLine(CommandContext context, Map<String, Object> processes) {
        CommandLine root = new CommandLine(new FairleadCommand());
        new TreeMap<>(processes).forEach(root::addSubcommand);
        root.addSubcommand(new LoginCommand(context));
        root.addSubcommand(new LogoutCommand(context));
        root.addSubcommand(new WhoamiCommand(context));
        root.addSubcommand(ProjectCommand.commandLine(context));
        root.addSubcommand(AgentCommand.commandLine(context));
        root.addSubcommand(GroupCommand.commandLine(context));
        root.addSubcommand(UserCommand.commandLine(context));
        root.addSubcommand(TokenCommand.commandLine(context));
        root.addSubcommand(JobTokenCommand.commandLine(context));
        root.addSubcommand(new KubeCredentialCommand(context));
        root.addSubcommand(new WhyCommand(context));
        root.addSubcommand(new WhoCanCommand(context));
        root.addSubcommand(new GrantCommand(context));
        root.addSubcommand(new AuditCommand(context));
        root.addSubcommand(new VersionCommand(context));
        root.addSubcommand(new CompletionCommand(context));
        root.setOut(new PrintWriter(context.out(), true, StandardCharsets.UTF_8));
        root.setErr(new PrintWriter(context.err(), true, StandardCharsets.UTF_8));
        root.setParameterExceptionHandler(new UsageMessages());
        root.setExecutionExceptionHandler(new FailureMessages(context));
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setAbbreviatedOptionsAllowed(false);
        return root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "name a command");
    }

    /** Runs {@code arguments} and returns the exit code. */
    public static int execute(CommandLine commandLine, String... arguments) {
        int code = commandLine.execute(arguments);
        return code < 0 ? ExitCode.FAILED.number() : code;
    }
}
