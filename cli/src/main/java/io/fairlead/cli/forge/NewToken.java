package io.fairlead.cli.forge;

import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.SecretFile;
import tools.jackson.databind.JsonNode;

/** A token that the server has just made and shows this once only. */
public final class NewToken {
    private NewToken() {}

    /** Writes it to {@code file} and says so; {@code owner} is whose it is. */
    public static void keep(JsonNode token, String owner, String file, boolean overwrite, CommandContext context) {
        SecretFile.write(file, token.path("token").asString() + "\n", overwrite, context);
        context.err()
                .println("token " + token.path("id").asLong() + " of " + owner
                        + (file.equals("-") ? "" : " is in " + file));
    }
}
