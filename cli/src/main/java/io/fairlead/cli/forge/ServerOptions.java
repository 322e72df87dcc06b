package io.fairlead.cli.forge;

import io.fairlead.base.env.Environment;
import io.fairlead.base.ready.ReadyFile;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.SecretFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Which server a command speaks to, and with which token: an option, else the environment, else where {@code fairlead login}
 * signed in last, else the ready file of the server that runs on this machine.
 */
public final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "The server's address (FAIRLEAD_URL; default: the one that \"fairlead login\" signed in to last, else that of this"
                            + " machine).")
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "File with the token to use, - for standard input (FAIRLEAD_TOKEN_FILE, or the token itself in"
                            + " FAIRLEAD_TOKEN; default: that of \"fairlead login\", else the local administrator's).")
    private Optional<String> tokenFile = Optional.empty();

    @Option(
            names = "--ca-file",
            paramLabel = "FILE",
            description = "Certificates to trust beside the usual ones (FAIRLEAD_CA_FILE).")
    private Optional<Path> caFile = Optional.empty();

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Data folder of the server on this machine (FAIRLEAD_DATA_DIR).")
    private Optional<Path> dataDir = Optional.empty();

    /** The server's addresses, as far as they are known without asking it. */
    public ServerLocation location(CommandContext context) {
        Environment environment = context.environment();
        Optional<String> named = url.or(() -> environment.value("FAIRLEAD_URL"))
                .or(() -> signedIn(context).map(signIn -> signIn.url().toString()));
        Path data = dataDir.orElseGet(() -> DataFolder.of(environment));
        Optional<ReadyFile> ready = named.isPresent() ? Optional.empty() : ReadyFile.read(DataFolder.readyFile(data));
        Optional<Path> ca = caFile.or(
                        () -> environment.value("FAIRLEAD_CA_FILE").map(Path::of))
                .or(() -> named.map(ServerOptions::base)
                        .flatMap(SignIns.of(context)::at)
                        .flatMap(SignIn::caFile))
                .or(() -> ready.flatMap(ReadyFile::caFile).map(Path::of));
        // Its own listener first: what others call the server may lead elsewhere from here, or not be set up yet.
        String address = named.or(() -> ready.flatMap(ReadyFile::httpUrl).or(() -> ready.flatMap(ReadyFile::url)))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.UNREACHABLE,
                        "no server runs with data folder " + data
                                + "; start one with \"fairlead server\", sign in at one with \"fairlead login URL\", or name one"
                                + " with --url"));
        return new ServerLocation(base(address), ca, ready);
    }

    /** The way to the server's API. */
    public ForgeApi open(CommandContext context) {
        ServerLocation location = location(context);
        return new ForgeApi(location, token(context, location));
    }

    private String token(CommandContext context, ServerLocation location) {
        Environment environment = context.environment();
        return tokenFile
                .or(() -> environment.value("FAIRLEAD_TOKEN_FILE"))
                .map(file -> SecretFile.read(file, context))
                .or(() -> environment.value("FAIRLEAD_TOKEN"))
                .or(() -> signIn(context, location).map(SignIn::token))
                .or(() ->
                        location.ready().flatMap(ReadyFile::adminTokenFile).map(file -> SecretFile.read(file, context)))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.REFUSED,
                        "a token is needed: sign in with \"fairlead login " + location.url()
                                + "\", name its file with --token-file, or set FAIRLEAD_TOKEN"));
    }

    /** A server of this machine that is named by its data folder comes before any other. */
    private Optional<SignIn> signedIn(CommandContext context) {
        boolean here = dataDir.isPresent()
                || context.environment().value("FAIRLEAD_DATA_DIR").isPresent();
        return here ? Optional.empty() : SignIns.of(context).latest();
    }

    private static Optional<SignIn> signIn(CommandContext context, ServerLocation location) {
        return location.ready().isPresent()
                ? Optional.empty()
                : SignIns.of(context).at(location.url());
    }

    /**
     * The options by which a later command finds the same server and token; a token itself is never among them.
     *
     * @throws CommandFailure when the token came from standard input and nothing keeps it
     */
    public List<String> again(CommandContext context, ServerLocation location) {
        Environment environment = context.environment();
        List<String> again = new ArrayList<>();
        Optional<String> secretFile = tokenFile.or(() -> environment.value("FAIRLEAD_TOKEN_FILE"));
        if (location.ready().isPresent()) {
            Path data = dataDir.orElseGet(() -> DataFolder.of(environment));
            again.addAll(List.of("--data-dir", data.toAbsolutePath().toString()));
        } else {
            again.addAll(List.of("--url", location.url().toString()));
            location.caFile()
                    .ifPresent(file -> again.addAll(
                            List.of("--ca-file", file.toAbsolutePath().toString())));
        }
        if (secretFile.filter("-"::equals).isPresent()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "nothing keeps a token from standard input for the time when kubectl asks: sign in with \"fairlead"
                            + " login " + location.url() + " --token-stdin\" first, or write a kubeconfig with"
                            + " --static-token");
        }
        secretFile.ifPresent(file -> again.addAll(
                List.of("--token-file", Path.of(file).toAbsolutePath().toString())));
        return again;
    }

    /** Whether the token stands in the environment, where no later command need find it. */
    public boolean tokenInEnvironment(CommandContext context) {
        Environment environment = context.environment();
        return tokenFile.isEmpty()
                && environment.value("FAIRLEAD_TOKEN_FILE").isEmpty()
                && environment.value("FAIRLEAD_TOKEN").isPresent();
    }

    /** An address without a slash at its end, once it is clear that it is one. */
    public static URI base(String address) {
        try {
            URI uri = new URI(address.replaceFirst("/+$", ""));
            if (uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (java.net.URISyntaxException e) {
            // Falls through to the same answer: it is not an address of a server.
        }
        throw new CommandFailure(
                ExitCode.USAGE,
                "the server's address must look like https://example.com, without a name or token in it");
    }
}
