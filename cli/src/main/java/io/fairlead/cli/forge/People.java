package io.fairlead.cli.forge;

import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Finds people by the names that commands are given. */
public final class People {
    private People() {}

    /** The person's number on the server. */
    public static long id(ForgeApi api, String username) {
        List<JsonNode> found = api.list("/users?username=" + ForgeApi.segment(username), "user " + username);
        if (found.isEmpty()) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "there is no user " + username);
        }
        return found.getFirst().path("id").asLong();
    }
}
