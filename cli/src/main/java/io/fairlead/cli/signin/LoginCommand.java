package io.fairlead.cli.signin;

import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerLocation;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.forge.SignIn;
import io.fairlead.cli.forge.SignIns;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.SecretFile;
import java.io.Console;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fairlead login URL}. */
@Command(
        name = "login",
        description = "Signs in at a server. All commands speak to it from then on, unless they are told another, and"
                + " kubeconfigs get their short-lived credentials by it.")
public final class LoginCommand implements Runnable {
    /** Where the token comes from, if it is not to be asked for; the secret itself is never an argument. */
    private static final class TokenSource {
        @Option(names = "--token-stdin", description = "Read a personal access token from standard input.")
        private boolean standardInput;

        @Option(names = "--token-file", paramLabel = "FILE", description = "Read a personal access token from a file.")
        private Optional<String> file = Optional.empty();

        private String read(CommandContext context) {
            if (standardInput || file.isPresent()) {
                return SecretFile.read(standardInput ? "-" : file.get(), context);
            }
            Console console = System.console();
            if (console == null || !console.isTerminal()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "there is no terminal to ask for a token at: give it with --token-stdin or --token-file");
            }
            char[] typed = console.readPassword("Personal access token (it is not shown): ");
            String token = typed == null ? "" : new String(typed).strip();
            if (token.isEmpty()) {
                throw new CommandFailure(ExitCode.USAGE, "no token was given; nothing was changed");
            }
            return token;
        }
    }

    @Parameters(paramLabel = "URL", description = "The server's address.")
    private String url = "";

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private TokenSource source = new TokenSource();

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates to trust beside the usual ones (FAIRLEAD_CA_FILE).")
    private Optional<Path> caFile = Optional.empty();

    private final CommandContext context;

    public LoginCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public void run() {
        URI address = ServerOptions.base(url);
        Optional<Path> ca = caFile.or(
                        () -> context.environment().value("FAIRLEAD_CA_FILE").map(Path::of))
                .map(Path::toAbsolutePath);
        String token = source.read(context);
        SignIns signIns = SignIns.of(context);
        try (ForgeApi api = new ForgeApi(new ServerLocation(address, ca, Optional.empty()), token)) {
            String name = person(api);
            signIns.keep(new SignIn(address, token, ca));
            context.err().println("signed in at " + address + " as " + name);
        }
    }

    /** Whose the token is; one for kubectl alone may not read that, and is as good. */
    private static String person(ForgeApi api) {
        try {
            return api.get("/user", "who you are").path("username").asString();
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.REFUSED) {
                throw e;
            }
            String name = api.get("/personal_access_tokens/self", "the token")
                    .path("name")
                    .asString();
            return "the owner of the token \"" + name + "\"";
        }
    }
}
