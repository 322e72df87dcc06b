package io.fairlead.forge.code;

import io.fairlead.forge.api.ApiError;
import io.fairlead.forge.api.Exchange;
import io.fairlead.forge.api.Method;
import io.fairlead.forge.api.Parameters;
import io.fairlead.forge.api.Percent;
import io.fairlead.forge.api.Reply;
import io.fairlead.forge.api.Route;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.HistoryReader;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is different between two branches, tags or commits. */
public final class CompareRoutes {
    /** Of more the newest are told. */
    private static final int COMMITS_MAX = 500;

    record CompareJson(
            @Nullable CommitJson commit,
            List<CommitJson> commits,
            List<DiffJson> diffs,
            boolean compareTimeout,
            boolean compareSameRef,
            String webUrl) {}

    private final CodeAccess code;

    public CompareRoutes(CodeAccess code) {
        this.code = code;
    }

    public List<Route> routes() {
        return List.of(Route.api(Method.GET, "/projects/:id/repository/compare", CodeAccess.READ, this::compare));
    }

    private Reply compare(Exchange exchange) {
        Parameters parameters = exchange.parameters();
        String from = parameters.requiredText("from");
        String to = parameters.requiredText("to");
        boolean straight = parameters.flag("straight", false);
        boolean unified = parameters.flag("unidiff", false);
        return code.open(exchange, (repository, project) -> {
            HistoryReader history = repository.history();
            CommitInfo before = history.commit(from).orElseThrow(() -> ApiError.notFound("Ref"));
            CommitInfo after = history.commit(to).orElseThrow(() -> ApiError.notFound("Ref"));
            String base = straight
                    ? before.id()
                    : history.mergeBase(List.of(before.id(), after.id()))
                            .map(CommitInfo::id)
                            .orElse(before.id());
            HistoryReader.Query query = new HistoryReader.Query(
                    Optional.of(after.id()),
                    Optional.of(before.id()),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);
            String web = code.webUrl(project);
            List<CommitJson> commits = history.log(query, 0, COMMITS_MAX).orElse(List.of()).reversed().stream()
                    .map(commit -> CommitJson.of(commit, web))
                    .toList();
            List<DiffJson> diffs = repository.diffs().between(base, after.id()).orElse(List.of()).stream()
                    .map(diff -> DiffJson.of(diff, unified))
                    .toList();
            return Reply.ok(new CompareJson(
                    commits.isEmpty() ? null : commits.getLast(),
                    commits,
                    diffs,
                    false,
                    from.equals(to),
                    web + "/-/compare/" + Percent.encodeSegment(from) + (straight ? ".." : "...")
                            + Percent.encodeSegment(to)));
        });
    }
}
