package io.fairlead.cli.access;

import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code fairlead who-can VERB RESOURCE}. */
@Command(
        name = "who-can",
        description =
                "Lists who may do something in an agent's cluster by its roles and bindings. For maintainers of the agent's"
                        + " project, and for whoever may read the bindings in the cluster.")
public final class WhoCanCommand implements Runnable {
    @Mixin
    private QuestionOptions question = new QuestionOptions();

    @Mixin
    private DoorOptions doors = new DoorOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public WhoCanCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (AgentDoor door = doors.open(context)) {
            JsonNode answer = door.ask(
                    "who-can?" + question.query(door, doors.namespace(context).orElse("default")));
            TextTable table = new TextTable("KIND", "NAME", "BY", "ROLE");
            for (JsonNode subject : answer.path("subjects")) {
                String namespace = subject.path("namespace").asString("");
                table.row(
                        subject.path("kind").asString(),
                        (namespace.isEmpty() ? "" : namespace + "/")
                                + subject.path("name").asString(),
                        subject.path("by").asString(),
                        subject.path("role").asString());
            }
            output.print(context.out(), answer, table.toString());
            if (answer.path("truncated").asBoolean()) {
                context.err().println("there are more than are shown");
            }
        }
    }
}
