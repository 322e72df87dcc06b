package io.fairlead.cli.token;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.output.CommandContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code fairlead token revoke ID}. */
@Command(
        name = "revoke",
        description = "Revokes a personal access token for good: your own or, for administrators, anybody's.")
final class TokenRevokeCommand implements Runnable {
    @Parameters(paramLabel = "ID", description = "The token's number, as \"fairlead token list\" shows it.")
    private long id;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    TokenRevokeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        try (ForgeApi api = server.open(context)) {
            api.delete("/personal_access_tokens/" + id, "token " + id);
            context.out().println("token " + id + " is revoked");
        }
    }
}
