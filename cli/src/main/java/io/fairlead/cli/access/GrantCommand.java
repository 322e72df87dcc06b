package io.fairlead.cli.access;

import io.fairlead.cli.agent.AgentName;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.OutputOptions;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code fairlead grant VERB RESOURCE}. */
@Command(
        name = "grant",
        description =
                "Prints the least that would let somebody do something in an agent's cluster, or commits it to the folder of"
                        + " the repository that Flux applies.")
public final class GrantCommand implements Runnable {
    private static final int WORDS_MAX = 300;

    @Mixin
    private QuestionOptions question = new QuestionOptions();

    @Option(
            names = "--to",
            paramLabel = "user:NAME|group:NAME",
            description = "To whom, as the cluster sees them (default: the narrowest group of yours that makes sense).")
    private String to = "";

    @Option(names = "--commit", description = "Commit it instead of printing it.")
    private boolean commit;

    @Option(
            names = "--path",
            paramLabel = "FOLDER",
            description = "The folder that Flux applies (default: the only one below clusters).")
    private Optional<String> folder = Optional.empty();

    @Option(
            names = "--project",
            paramLabel = "PROJECT",
            description = "Whose repository (default: the agent's project).")
    private Optional<String> project = Optional.empty();

    @Option(
            names = "--branch",
            paramLabel = "NAME",
            description = "The branch (default: the project's default branch).")
    private Optional<String> branch = Optional.empty();

    @Mixin
    private DoorOptions doors = new DoorOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public GrantCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        JsonNode answer;
        String query;
        try (AgentDoor door = doors.open(context)) {
            query = question.query(door, doors.namespace(context).orElse("default"));
            answer = door.ask("grant?" + query + (to.isEmpty() ? "" : "&to=" + ForgeApi.segment(to)));
        }
        if (answer.path("allowed").asBoolean()) {
            output.print(
                    context.out(),
                    answer,
                    answer.path("to").asString() + " may "
                            + answer.path("action").asString() + " already");
        } else if (commit) {
            commit(answer, ProposedGrant.of(answer.at("/grant/manifest").asString(""), query, to));
        } else {
            output.print(
                    context.out(),
                    answer,
                    answer.at("/grant/manifest").asString().stripTrailing());
        }
    }

    private void commit(JsonNode answer, ProposedGrant grant) {
        if (answer.at("/grant/namesKnown").isBoolean()
                && !answer.at("/grant/namesKnown").asBoolean()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "whether the cluster has another " + grant.bindingKind() + " " + grant.bindingName()
                            + " is told to maintainers of the agent's project; let one of them commit this:\n"
                            + grant.manifest());
        }
        String where = project.or(() -> doors.agent(context).map(AgentName::project))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE, "name the project whose repository Flux applies, with --project"));
        try (ForgeApi api = doors.forge(context)) {
            ClusterFolder target = ClusterFolder.find(api, where, branch, folder);
            String fileName = answer.at("/grant/fileName").asString();
            String message = "Let " + line(answer.path("to").asString()) + " "
                    + line(answer.path("action").asString());
            Optional<ClusterFolder.Made> made = target.commit(fileName, grant, message);
            if (made.isEmpty()) {
                output.print(
                        context.out(),
                        answer,
                        target.folder() + "/" + fileName + " says so already; Flux has not applied it yet");
            } else {
                JsonNode commit = made.get().commit();
                output.print(
                        context.out(),
                        commit,
                        "committed " + commit.path("short_id").asString() + " to " + target.branch() + " of " + where
                                + ": " + made.get().file() + "\n  " + message + "\n\n"
                                + grant.manifest().stripTrailing());
            }
        }
    }

    /** The agent's words, as a part of one line. */
    private static String line(String text) {
        String plain = text.replaceAll("[^ -~]", "?");
        return plain.length() > WORDS_MAX ? plain.substring(0, WORDS_MAX) : plain;
    }
}
