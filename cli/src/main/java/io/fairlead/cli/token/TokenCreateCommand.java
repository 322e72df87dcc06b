package io.fairlead.cli.token;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.NewToken;
import io.fairlead.cli.forge.People;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead token create USERNAME --scope SCOPE --file FILE}. */
@Command(
        name = "create",
        description =
                "Makes a personal access token for somebody; only administrators may. It is shown this once only.")
final class TokenCreateCommand implements Runnable {
    @Parameters(paramLabel = "USERNAME", description = "Whose token it is.")
    private String username = "";

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            required = true,
            description = "What it is good for, such as api or read_repository; repeatable.")
    private List<String> scopes = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            required = true,
            description = "Where the token is written, readable by you alone; - for standard output.")
    private String file = "";

    @Option(names = "--name", description = "The token's name on the server (default: ${DEFAULT-VALUE}).")
    private String name = "fairlead";

    @Option(names = "--days", description = "For how many days it works (default: ${DEFAULT-VALUE}).")
    private int days = 30;

    @Option(names = "--overwrite", description = "Replace the file if it exists.")
    private boolean overwrite;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    TokenCreateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        SecretFile.checkWritable(file, overwrite);
        try (ForgeApi api = server.open(context)) {
            long id = People.id(api, username);
            Map<String, Object> members = Map.of(
                    "name",
                    name,
                    "scopes",
                    scopes,
                    "expires_at",
                    context.dayAfter(days).toString());
            JsonNode token = api.post("/users/" + id + "/personal_access_tokens", members, "a token of " + username);
            NewToken.keep(token, username, file, overwrite, context);
        }
    }
}
