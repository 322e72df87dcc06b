package io.fairlead.cli.signin;

import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.forge.SignIn;
import io.fairlead.cli.forge.SignIns;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code fairlead logout [URL]}. */
@Command(
        name = "logout",
        description =
                "Forgets being signed in at a server. The token stays good: \"fairlead token revoke\" ends it, and"
                        + " with it what kubectl got by it.")
public final class LogoutCommand implements Runnable {
    @Parameters(paramLabel = "URL", arity = "0..1", description = "The server (default: the one signed in to last).")
    private Optional<String> url = Optional.empty();

    private final CommandContext context;

    public LogoutCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        SignIns signIns = SignIns.of(context);
        SignIn signIn = url.map(ServerOptions::base)
                .map(signIns::at)
                .orElseGet(signIns::latest)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.NOT_FOUND,
                        "you are not signed in" + url.map(one -> " at " + one).orElse("") + "; nothing was changed"));
        signIns.forget(signIn);
        context.err().println("signed out at " + signIn.url());
    }
}
