package io.fairlead.cli.access;

import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead why VERB RESOURCE}. */
@Command(
        name = "why",
        description =
                "Says whether you may do something in an agent's cluster and why, as whom the cluster sees you, and what"
                        + " would allow it.")
public final class WhyCommand implements Runnable {
    @Mixin
    private QuestionOptions question = new QuestionOptions();

    @Mixin
    private DoorOptions doors = new DoorOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public WhyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (AgentDoor door = doors.open(context)) {
            JsonNode why = door.ask(
                    "why?" + question.query(door, doors.namespace(context).orElse("default")));
            output.print(context.out(), why, text(why));
        }
    }

    private static String text(JsonNode why) {
        boolean itself = why.at("/caller/agentItself").asBoolean();
        StringBuilder text = new StringBuilder("The hub lets you through")
                .append(itself ? " as the agent itself (access_as: agent)" : "")
                .append(". The cluster sees\n  user   ")
                .append(why.at("/caller/user").asString())
                .append('\n');
        why.at("/caller/groups")
                .forEach(group ->
                        text.append("  group  ").append(group.asString()).append('\n'));
        if (why.path("allowed").asBoolean()) {
            String by = why.path("by").valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
            return text.append("Allowed: ")
                    .append(why.path("action").asString())
                    .append(by.isEmpty() ? "" : ", by " + by)
                    .append(
                            ". A request that is refused all the same is refused by another rule, such as a quota or a policy.")
                    .toString();
        }
        return text.append("Refused: ")
                .append(why.path("text").asString())
                .append(
                        ".\nThis would allow it (\"fairlead grant\" with the same words and --commit puts it where Flux applies it):\n\n")
                .append(why.at("/grant/manifest").asString().stripTrailing())
                .toString();
    }
}
