package io.fairlead.cli.audit;

import io.fairlead.base.json.Json;
import io.fairlead.base.time.Deadline;
import io.fairlead.cli.agent.AgentName;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.VisibleText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code fairlead audit}. */
@Command(
        name = "audit",
        description = {
            "Prints what went through the hub: who, as whom, what, and what became of it.",
            "Administrators see all of it, maintainers of an agent's project that of their agents."
        })
public final class AuditCommand implements Runnable {
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(1);
    private static final int LIMIT_MAX = 1_000;

    @Option(names = "--agent", paramLabel = "PROJECT:AGENT", converter = AgentName.Converter.class)
    private Optional<AgentName> agent = Optional.empty();

    @Option(names = "--user", paramLabel = "USERNAME", description = "Only what this person or their jobs did.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--decision", paramLabel = "DECISION", description = "allowed, refused or cut.")
    private Optional<String> decision = Optional.empty();

    @Option(names = "--verb", paramLabel = "VERB", description = "As RBAC names it: get, list, watch, create, …")
    private Optional<String> verb = Optional.empty();

    @Option(names = "--resource", paramLabel = "RESOURCE", description = "As RBAC names it: pods, deployments, …")
    private Optional<String> resource = Optional.empty();

    @Option(names = "--namespace", paramLabel = "NAMESPACE")
    private Optional<String> namespace = Optional.empty();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "A time (2026-11-23T05:00:00Z), or how long ago: 15m, 2h, 3d.")
    private Optional<String> since = Optional.empty();

    @Option(names = "--until", paramLabel = "TIME", description = "Likewise.")
    private Optional<String> until = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "The newest N, 1000 at most.")
    private int limit = 100;

    @Option(
            names = "--follow",
            description = "Goes on with what comes, until it is stopped; json is one record a line then.")
    private boolean follow;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    public AuditCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new CommandFailure(ExitCode.USAGE, "--limit must be 1 to " + LIMIT_MAX + ", not " + limit);
        }
        try (ForgeApi api = server.open(context)) {
            String path = path(api);
            JsonNode answer = api.get(path + query(), "audit records");
            List<JsonNode> records = answer.path("records").valueStream().toList();
            if (follow) {
                follow(api, path, answer);
            } else {
                if (output.json()) {
                    context.out().println(VisibleText.of(Json.writePretty(records)));
                } else {
                    context.out().println(table(records));
                }
                String since = answer.path("searched_since").asString("");
                if (!since.isEmpty()) {
                    context.err()
                            .println("Only records since " + VisibleText.of(since)
                                    + " were searched; the same with --until and that time goes on.");
                }
            }
        }
    }

    private String path(ForgeApi api) {
        return agent.map(name ->
                        name.agentsPath() + "/" + name.find(api).path("id").asLong() + "/audit_records?")
                .orElse("/audit_records?");
    }

    private void follow(ForgeApi api, String path, JsonNode first) {
        JsonNode answer = first;
        try {
            while (true) {
                for (JsonNode record : answer.path("records")) {
                    context.out().println(output.json() ? VisibleText.of(Json.write(record)) : AuditText.of(record));
                }
                context.out().flush();
                if (answer.path("records").size() < limit) {
                    Deadline.pause(LOOK_PERIOD);
                }
                String place = ForgeApi.segment(answer.path("after").asString(""));
                answer = api.get(path + query() + "&after=" + place, "audit records");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String query() {
        List<String> parts = new ArrayList<>();
        parts.add("limit=" + limit);
        add(parts, "user", user);
        add(parts, "decision", decision);
        add(parts, "verb", verb);
        add(parts, "resource", resource);
        add(parts, "namespace", namespace);
        add(parts, "since", since.map(this::time));
        add(parts, "until", until.map(this::time));
        return String.join("&", parts);
    }

    private static void add(List<String> parts, String name, Optional<String> value) {
        value.ifPresent(text -> parts.add(name + "=" + ForgeApi.segment(text)));
    }

    /** As the server takes it: what is given as an age becomes a time. */
    private String time(String text) {
        try {
            if (text.matches("[0-9]{1,6}[smhd]")) {
                String iso = text.endsWith("d") ? "P" + text : "PT" + text;
                return context.clock().instant().minus(Duration.parse(iso)).toString();
            }
            return Instant.parse(text).toString();
        } catch (DateTimeException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "\"" + text + "\" is no time (2026-11-23T05:00:00Z) and no age (15m, 2h, 3d)", e);
        }
    }

    private static String table(List<JsonNode> records) {
        List<String> lines = new ArrayList<>();
        records.forEach(record -> lines.add(AuditText.of(record)));
        return String.join("\n", lines);
    }
}
