package io.fairlead.forge.git;

import io.fairlead.base.thread.ComputingThread;
import io.fairlead.forge.api.Access;
import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.PathTemplate;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Request;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.git.GitAccess.Verdict;
import io.fairlead.forge.git.GitAccess.Verdict.Admitted;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.PackBounds;
import io.fairlead.forge.repository.Repositories;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.eclipse.jgit.lib.Repository;

/**
 * Clone, fetch and push over HTTP. Bodies are streamed both ways; nothing of a pack is kept in memory as a whole. The
 * answer's stream is never closed here: closing it would make a broken answer look like one that has ended.
 */
public final class GitRoutes {
    /** What everybody is told who may not see a project, whether it exists or not. */
    static final String HIDDEN =
            "The project you were looking for could not be found or you don't have permission to view it.";

    private static final int BUFFER = 32 * 1024;
    private static final Map<String, String> NO_CACHE =
            Map.of("Cache-Control", "no-cache, max-age=0, must-revalidate", "Pragma", "no-cache");

    private final GitAccess access;
    private final Repositories repositories;
    private final ReceiveSide receive;
    private final GitSlots slots;

    public GitRoutes(GitAccess access, Repositories repositories, ReceiveSide receive, GitSlots slots) {
        this.access = access;
        this.repositories = repositories;
        this.receive = receive;
        this.slots = slots;
    }

    public List<Route> routes() {
        Access client = new Access.GitClient();
        return List.of(
                new Route(Method.GET, new PathTemplate("/*path/info/refs"), client, this::advertise),
                new Route(Method.POST, new PathTemplate("/*path/git-upload-pack"), client, this::upload),
                new Route(Method.POST, new PathTemplate("/*path/git-receive-pack"), client, this::receive),
                new Route(Method.POST, new PathTemplate("/*path/info/lfs/objects/batch"), client, this::noLargeFiles));
    }

    private Reply advertise(Exchange exchange) {
        Optional<String> path = repositoryPath(exchange);
        if (path.isEmpty()) {
            return toDotGit(exchange.request());
        }
        // Old clients that name no service speak the protocol of plain files, which is not served.
        GitService service = exchange.parameters()
                .text("service")
                .flatMap(GitService::of)
                .orElseThrow(() -> ApiError.forGit(403, "Use a Git client that speaks smart HTTP."));
        Project project = admit(exchange, path.get(), service).project();
        List<String> protocol = protocol(exchange.request());
        Reply.Body body = out -> slots.with(exchange.client(), () -> {
            try (Repository repository = repositories.open(project.id(), project.defaultBranch())) {
                OutputStream buffered = new BufferedOutputStream(out, BUFFER);
                switch (service) {
                    case UPLOAD_PACK -> UploadSide.advertise(repository, protocol, buffered);
                    case RECEIVE_PACK -> receive.advertise(repository, buffered);
                }
            }
            return out;
        });
        return Reply.stream(service.mediaType("advertisement"), body).with(NO_CACHE);
    }

    private Reply upload(Exchange exchange) {
        Project project = admitted(exchange, GitService.UPLOAD_PACK).project();
        List<String> protocol = protocol(exchange.request());
        Reply.Body body = out -> {
            try (InputStream in = body(exchange.request());
                    FetchRequest asked = FetchRequest.read(in)) {
                slots.with(exchange.client(), () -> {
                    try (Repository repository = repositories.open(project.id(), project.defaultBranch())) {
                        OutputStream buffered = new BufferedOutputStream(Pace.of(out), BUFFER);
                        UploadSide.serve(repository, protocol, asked.open(), buffered);
                    }
                    return out;
                });
            }
        };
        return Reply.stream(GitService.UPLOAD_PACK.mediaType("result"), body).with(NO_CACHE);
    }

    private Reply receive(Exchange exchange) {
        Admitted admitted = admitted(exchange, GitService.RECEIVE_PACK);
        Project project = admitted.project();
        ReceiveSide.Push push = new ReceiveSide.Push(
                project,
                admitted.pusher().orElseThrow(ApiError::forbidden),
                exchange.client(),
                () -> decidedNow(exchange, project));
        Reply.Body body = out -> ComputingThread.run("git", () -> {
            try (Repositories.Turn _ = repositories.writing(project.id());
                    Repository repository = repositories.open(project.id(), project.defaultBranch());
                    InputStream in = body(exchange.request())) {
                receive.serve(repository, push, slots, in, new BufferedOutputStream(out, BUFFER));
            }
            return out;
        });
        return Reply.stream(GitService.RECEIVE_PACK.mediaType("result"), body).with(NO_CACHE);
    }

    /** By what token, account and role are by now. */
    private Verdict decidedNow(Exchange exchange, Project project) {
        try {
            return access.decide(exchange.callerNow(), project.fullPath(), GitService.RECEIVE_PACK);
        } catch (ApiError e) {
            return new Verdict.Hidden();
        }
    }

    /** The first request of Git LFS; its client shows the message. Who may not read the project learns nothing else. */
    private Reply noLargeFiles(Exchange exchange) {
        String path = repositoryPath(exchange).orElseThrow(() -> ApiError.forGit(404, HIDDEN));
        admit(exchange, path, GitService.UPLOAD_PACK);
        return new Reply.Json(
                501,
                Map.of(),
                Map.of(
                        "message",
                        "Git LFS is not offered by this server; push these files without it, up to "
                                + (PackBounds.ofThisProcess().objectBytes() >> 20) + " MiB each"));
    }

    private Admitted admitted(Exchange exchange, GitService service) {
        String path = repositoryPath(exchange)
                .orElseThrow(() -> ApiError.forGit(404, "The path of a repository ends in .git."));
        Admitted admitted = admit(exchange, path, service);
        // A browser cannot be made to send this type to another site without asking that site first.
        if (!exchange.request().mediaType().equals(service.mediaType("request"))) {
            throw ApiError.forGit(415, "The body must be " + service.mediaType("request") + ".");
        }
        return admitted;
    }

    private Admitted admit(Exchange exchange, String path, GitService service) {
        return switch (access.decide(exchange.caller(), path, service)) {
            case Admitted admitted -> admitted;
            case Verdict.PasswordNeeded() -> throw ApiError.askForPassword();
            case Verdict.Hidden() -> throw ApiError.forGit(404, HIDDEN);
            case Verdict.Refused(String why) -> throw ApiError.forGit(403, why);
        };
    }

    private static Optional<String> repositoryPath(Exchange exchange) {
        String path = exchange.path("path");
        return path.endsWith(".git")
                ? Optional.of(path.substring(0, path.length() - ".git".length()))
                : Optional.empty();
    }

    /** What exists is not said: any path is answered so. */
    private static Reply toDotGit(Request request) {
        String raw = request.rawPath();
        String repository = raw.substring(0, raw.length() - "/info/refs".length());
        if (repository.startsWith("//") || repository.contains("\\")) {
            throw ApiError.forGit(404, "There is no such repository.");
        }
        String query = request.rawQuery().isEmpty() ? "" : "?" + request.rawQuery();
        return new Reply.Empty(301, Map.of("Location", repository + ".git/info/refs" + query));
    }

    private static List<String> protocol(Request request) {
        return request.header("git-protocol")
                .filter(value -> value.length() <= 256)
                .map(value -> List.of(value.split(":", -1)))
                .orElse(List.of());
    }

    private static InputStream body(Request request) throws IOException {
        String encoding = request.header("content-encoding").orElse("identity");
        return switch (encoding) {
            case "identity" -> request.body();
            case "gzip", "x-gzip" -> new GZIPInputStream(request.body(), BUFFER);
            default -> throw ApiError.forGit(415, "The encoding " + encoding + " of the body is not known.");
        };
    }
}
