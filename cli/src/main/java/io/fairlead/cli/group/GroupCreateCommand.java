package io.fairlead.cli.group;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.NewPath;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.forge.Visibility;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead group create PATH}. */
@Command(name = "create", description = "Creates a group, or a sub-group of one that exists.")
final class GroupCreateCommand implements Runnable {
    @Parameters(paramLabel = "PATH", description = "The group's path; what comes before the last / exists already.")
    private String path = "";

    @Option(names = "--visibility", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Visibility visibility = Visibility.PRIVATE;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    GroupCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            NewPath wanted = NewPath.of(path);
            Map<String, Object> members = wanted.members(visibility);
            wanted.parent().ifPresent(parent -> {
                JsonNode found = api.get("/groups/" + ForgeApi.segment(parent), "group " + parent);
                members.put("parent_id", found.get("id").asLong());
            });
            JsonNode group = api.post("/groups", members, "group " + path);
            output.print(
                    context.out(),
                    group,
                    "group " + group.path("full_path").asString() + " (id "
                            + group.path("id").asLong() + ")");
        }
    }
}
