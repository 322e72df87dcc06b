package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Page;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.project.Project;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.DiffReader;
import io.fairlead.forge.repository.FileAction;
import io.fairlead.forge.repository.HistoryReader;
import io.fairlead.forge.repository.OpenRepository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Commits over the API. */
public final class CommitRoutes {
    private final CodeAccess code;
    private final CommitRequests requests;

    public CommitRoutes(CodeAccess code) {
        this.code = code;
        this.requests = new CommitRequests(code);
    }

    public List<Route> routes() {
        String all = "/projects/:id/repository/commits";
        String one = all + "/:sha";
        return List.of(
                Route.api(Method.GET, all, CodeAccess.READ, this::list),
                Route.api(Method.POST, all, CodeAccess.WRITE, this::make),
                Route.api(Method.GET, one, CodeAccess.READ, this::one),
                Route.api(Method.GET, one + "/diff", CodeAccess.READ, this::diff),
                Route.api(Method.GET, "/projects/:id/repository/merge_base", CodeAccess.READ, this::mergeBase));
    }

    private Reply list(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        Page page = Page.of(exchange);
        boolean all = parameters.flag("all", false);
        boolean withStats = parameters.flag("with_stats", false);
        Optional<String> named = parameters.text("ref_name").filter(text -> !text.isEmpty());
        return code.open(exchange, (repository, project) -> {
            if (repository.refs().branchNames().isEmpty() && named.isEmpty()) {
                return page.replyMore(exchange, List.of(), false);
            }
            HistoryReader.Query query = new HistoryReader.Query(
                    all ? Optional.empty() : Optional.of(named.orElse(project.defaultBranch())),
                    Optional.empty(),
                    parameters.text("path").map(CommitRoutes::trimmed).filter(text -> !text.isEmpty()),
                    parameters.time("since"),
                    parameters.time("until"),
                    parameters.text("author").filter(text -> !text.isEmpty()),
                    parameters.flag("first_parent", false));
            List<CommitInfo> found = repository
                    .history()
                    .log(query, page.offset(), page.size() + 1)
                    .orElseThrow(() -> ApiError.notFound("Commit"));
            List<CommitJson> part = new ArrayList<>();
            for (CommitInfo commit : found.subList(0, Math.min(found.size(), page.size()))) {
                CommitJson.Stats stats =
                        withStats ? CommitJson.Stats.of(repository.diffs().stats(commit.id())) : null;
                part.add(CommitJson.of(commit, code.webUrl(project), stats, null));
            }
            return page.replyMore(exchange, part, found.size() > page.size());
        });
    }

    private static String trimmed(String path) {
        return path.replaceAll("^/+|/+$", "");
    }

    private Reply one(Exchange exchange) {
        boolean stats = exchange.parameters().flag("stats", true);
        return code.open(
                exchange,
                (repository, project) -> Reply.ok(whole(
                        repository,
                        project,
                        repository
                                .history()
                                .commit(exchange.path("sha"))
                                .orElseThrow(() -> ApiError.notFound("Commit")),
                        stats)));
    }

    private CommitJson whole(OpenRepository repository, Project project, CommitInfo commit, boolean stats)
            throws IOException {
        return CommitJson.of(
                commit,
                code.webUrl(project),
                stats ? CommitJson.Stats.of(repository.diffs().stats(commit.id())) : null,
                project.id());
    }

    private Reply make(Exchange exchange) {
        return code.withBody(exchange, parameters -> {
            List<FileAction> actions = FileActions.of(parameters);
            boolean stats = parameters.flag("stats", true);
            return code.open(exchange, (repository, project) -> {
                CommitInfo made = requests.make(exchange, parameters, repository, project, actions);
                return Reply.created(whole(repository, project, made, stats));
            });
        });
    }

    private Reply diff(Exchange exchange) {
        boolean unified = exchange.parameters().flag("unidiff", false);
        return code.open(exchange, (repository, project) -> {
            List<DiffReader.FileDiff> diffs =
                    repository.diffs().ofCommit(exchange.path("sha")).orElseThrow(() -> ApiError.notFound("Commit"));
            return Page.answer(exchange, diffs, diff -> DiffJson.of(diff, unified));
        });
    }

    private Reply mergeBase(Exchange exchange) {
        List<String> refs = exchange.parameters().texts("refs");
        if (refs.size() < 2 || refs.size() > 20) {
            throw ApiError.message(400, "Provide at least 2 refs");
        }
        return code.open(exchange, (repository, project) -> {
            for (String ref : refs) {
                if (repository.history().commit(ref).isEmpty()) {
                    throw ApiError.message(400, "Could not find ref: " + ref);
                }
            }
            return Reply.ok(CommitJson.of(
                    repository.history().mergeBase(refs).orElseThrow(() -> ApiError.notFound("Merge Base")),
                    code.webUrl(project)));
        });
    }
}
