package io.fairlead.cli.project;

import io.fairlead.base.time.Deadline;
import io.fairlead.cli.forge.ForgeApi;
import io.fairlead.cli.forge.ServerOptions;
import io.fairlead.cli.forge.Visibility;
import io.fairlead.cli.output.CommandContext;
import io.fairlead.cli.output.CommandFailure;
import io.fairlead.cli.output.ExitCode;
import io.fairlead.cli.output.SecretFile;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code fairlead project import [PATH] --from URL|FOLDER}. */
@Command(
        name = "import",
        description = {
            "Creates a project with the branches and tags of another repository.",
            "A URL is fetched by the server; a folder on this machine is pushed from here, with git."
        })
final class ProjectImportCommand implements Callable<Integer> {
    private static final Duration LOOK_PERIOD = Duration.ofMillis(500);

    /** The server gives an import an hour; others may be before it. */
    private static final Duration WAIT_MAX = Duration.ofHours(3);

    @Parameters(
            paramLabel = "PATH",
            arity = "0..1",
            description = "The new project's path, name or namespace/name (default: the name of what is imported).")
    private String path = "";

    @Option(
            names = "--from",
            paramLabel = "URL|FOLDER",
            required = true,
            description =
                    "What is imported: an http or https address without a password in it, or a repository's folder.")
    private String from = "";

    @Option(names = "--from-user", paramLabel = "NAME", description = "The name to sign in with at the URL.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--from-password-file",
            paramLabel = "FILE",
            description = "File with the password or token for the URL, - for standard input.")
    private Optional<String> passwordFile = Optional.empty();

    @Option(names = "--visibility", description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private Visibility visibility = Visibility.PRIVATE;

    @Mixin
    private ServerOptions server = new ServerOptions();

    private final CommandContext context;

    ProjectImportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean remote = from.matches("(?i)https?://.*");
        String target = path.isEmpty() ? nameOf(remote ? from : folder().toString()) : path;
        try (ForgeApi api = server.open(context)) {
            if (remote) {
                fetched(api, target, source());
            } else {
                pushed(api, target, folder());
            }
        }
        return ExitCode.OK.number();
    }

    private static String nameOf(String from) {
        String name = from.replaceFirst("/+$", "").replaceFirst("\\.git$", "");
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private Path folder() {
        Path folder = Path.of(from).toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure(ExitCode.NOT_FOUND, "there is no folder " + folder);
        }
        return folder;
    }

    /** The URL with the sign-in, which goes to the server in the request's body and nowhere else. */
    private String source() {
        try {
            URI url = new URI(from);
            if (url.getHost() == null || url.getRawUserInfo() != null) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "the URL to import from must look like https://example.com/x.git, without a name or password in"
                                + " it: use --from-user and --from-password-file");
            }
            if (user.isEmpty() && passwordFile.isEmpty()) {
                return from;
            }
            String password =
                    passwordFile.map(file -> SecretFile.read(file, context)).orElse("");
            return url.getScheme() + "://" + ForgeApi.segment(user.orElse("oauth2")) + ":" + ForgeApi.segment(password)
                    + "@" + from.substring(from.indexOf("://") + 3);
        } catch (URISyntaxException e) {
            throw new CommandFailure(ExitCode.USAGE, "what to import from is no URL: " + e.getReason(), e);
        }
    }

    private void fetched(ForgeApi api, String target, String url) throws InterruptedException {
        JsonNode project = NewProject.create(api, target, visibility, Map.of("import_url", url));
        String name = project.path("path_with_namespace").asString();
        String place = "/projects/" + project.path("id").asLong() + "/import";
        Deadline deadline = Deadline.in(WAIT_MAX);
        while (!deadline.passed()) {
            JsonNode now = api.get(place, "the import of " + name);
            switch (now.path("import_status").asString("")) {
                case "finished" -> {
                    context.out().println("project " + name + " is imported");
                    return;
                }
                case "failed" ->
                    throw new CommandFailure(
                            ExitCode.FAILED,
                            "project " + name + " was made, but is empty: "
                                    + now.path("import_error").asString(""));
                default -> Deadline.pause(LOOK_PERIOD);
            }
        }
        throw new CommandFailure(
                ExitCode.UNREACHABLE, "the import of " + name + " has not ended within " + WAIT_MAX.toHours() + " h");
    }

    private void pushed(ForgeApi api, String target, Path folder) throws InterruptedException {
        LocalRepository repository = LocalRepository.open(folder);
        JsonNode project = NewProject.create(api, target, visibility, Map.of());
        String name = project.path("path_with_namespace").asString();
        repository.push(api, name);
        Optional<String> branch = repository.defaultBranch();
        if (branch.isPresent()
                && !branch.get().equals(project.path("default_branch").asString(""))) {
            api.put(
                    "/projects/" + project.path("id").asLong(),
                    Map.of("default_branch", branch.get()),
                    "the default branch of " + name);
        }
        context.out().println("project " + name + " is imported");
    }
}
