package io.fairlead.forge.code;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fairlead.forge.repository.CommitInfo;
import io.fairlead.forge.repository.DiffReader;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A commit as the API shows it; the project and the numbers of lines only where it is shown alone. */
record CommitJson(
        String id,
        String shortId,
        String createdAt,
        List<String> parentIds,
        String title,
        String message,
        String authorName,
        String authorEmail,
        String authoredDate,
        String committerName,
        String committerEmail,
        String committedDate,
        Map<String, String> trailers,
        Map<String, List<String>> extendedTrailers,
        String webUrl,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Stats stats,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long projectId) {
    record Stats(int additions, int deletions, int total) {
        static Stats of(DiffReader.Stats stats) {
            return new Stats(stats.additions(), stats.deletions(), stats.additions() + stats.deletions());
        }
    }

    private static final int SHORT = 8;
    /** In the zone of whoever made the commit. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");

    static CommitJson of(CommitInfo commit, String projectUrl) {
        return of(commit, projectUrl, null, null);
    }

    static CommitJson of(CommitInfo commit, String projectUrl, @Nullable Stats stats, @Nullable Long projectId) {
        Map<String, String> trailers = new LinkedHashMap<>();
        commit.trailers().forEach((key, values) -> trailers.put(key, values.getLast()));
        return new CommitJson(
                commit.id(),
                commit.id().substring(0, SHORT),
                time(commit.committer().time()),
                commit.parents(),
                commit.title(),
                commit.message(),
                commit.author().name(),
                commit.author().email(),
                time(commit.author().time()),
                commit.committer().name(),
                commit.committer().email(),
                time(commit.committer().time()),
                trailers,
                commit.trailers(),
                projectUrl + "/-/commit/" + commit.id(),
                stats,
                projectId);
    }

    static String time(OffsetDateTime time) {
        return TIME.format(time);
    }
}
