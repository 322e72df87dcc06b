package io.fairlead.cli.token;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.People;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.OutputOptions;
import io.fairlead.cli.output.TextTable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead token list [USERNAME]}. */
@Command(
        name = "list",
        description = "Lists personal access tokens, your own or, for administrators, somebody's; never their secrets.")
final class TokenListCommand implements Runnable {
    @Parameters(paramLabel = "USERNAME", arity = "0..1", description = "Whose tokens (default: your own).")
    private Optional<String> username = Optional.empty();

    @Option(names = "--all", description = "Those that were revoked or have expired, too.")
    private boolean all;

    @Mixin
    private ServerOptions server = new ServerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    private final CommandContext context;

    TokenListCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            // An empty list of parameters is one too: the list adds its own with an ampersand.
            String path = "/personal_access_tokens?" + (all ? "" : "state=active");
            if (username.isPresent()) {
                path += "&user_id=" + People.id(api, username.get());
            }
            List<JsonNode> tokens =
                    api.list(path, username.map(name -> "the tokens of " + name).orElse("your tokens"));
            TextTable table = new TextTable("ID", "NAME", "SCOPES", "STATE", "EXPIRES", "LAST USED");
            for (JsonNode token : tokens) {
                table.row(
                        token.path("id").asLong(),
                        token.path("name").asString(""),
                        scopes(token),
                        state(token),
                        date(token, "expires_at"),
                        date(token, "last_used_at"));
            }
            output.print(context.out(), tokens, table.toString());
        }
    }

    private static String scopes(JsonNode token) {
        return StreamSupport.stream(token.path("scopes").spliterator(), false)
                .map(JsonNode::asString)
                .collect(Collectors.joining(","));
    }

    private static String date(JsonNode token, String member) {
        JsonNode date = token.path(member);
        return date.isString() ? date.asString() : "never";
    }

    private static String state(JsonNode token) {
        if (token.path("revoked").asBoolean(false)) {
            return "revoked";
        }
        return token.path("active").asBoolean(true) ? "active" : "expired";
    }
}
