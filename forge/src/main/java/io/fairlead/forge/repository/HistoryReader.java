package io.fairlead.forge.repository;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.revwalk.filter.AndRevFilter;
import org.eclipse.jgit.revwalk.filter.CommitTimeRevFilter;
import org.eclipse.jgit.revwalk.filter.RevFilter;
import org.eclipse.jgit.treewalk.filter.AndTreeFilter;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.eclipse.jgit.treewalk.filter.TreeFilter;

/** Reads commits. */
public final class HistoryReader {
    /**
     * Which commits are asked for.
     *
     * @param revision from where on backwards; nothing for all branches and tags
     * @param not what this revision contains is left out
     * @param path only those that change something there
     * @param author only those whose author's name or address has this in it
     */
    public record Query(
            Optional<String> revision,
            Optional<String> not,
            Optional<String> path,
            Optional<Instant> since,
            Optional<Instant> until,
            Optional<String> author,
            boolean firstParent) {
        /** All that a revision contains. */
        public static Query of(String revision) {
            return new Query(
                    Optional.of(revision),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);
        }

        /** The last that changed a path. */
        static Query lastOf(String revision, String path) {
            return new Query(
                    Optional.of(revision),
                    Optional.empty(),
                    Optional.of(path),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    false);
        }
    }

    private final Repository repository;

    HistoryReader(Repository repository) {
        this.repository = repository;
    }

    public Optional<CommitInfo> commit(String revision) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            return Revisions.commit(repository, walk, revision).map(CommitInfo::of);
        }
    }

    /** A part of the commits, newest first; nothing when a revision is not there. */
    public Optional<List<CommitInfo>> log(Query query, long offset, int limit) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            walk.setFirstParent(query.firstParent);
            if (!markStart(walk, query)) {
                return Optional.empty();
            }
            if (query.path.isPresent()) {
                // Without this the parents told would be those that changed the path as well.
                walk.setRewriteParents(false);
                walk.setTreeFilter(AndTreeFilter.create(PathFilter.create(query.path.get()), TreeFilter.ANY_DIFF));
            }
            walk.setRevFilter(filter(query));
            List<CommitInfo> commits = new ArrayList<>();
            long skip = offset;
            for (RevCommit commit = walk.next(); commit != null && commits.size() < limit; commit = walk.next()) {
                if (skip > 0) {
                    skip--;
                } else {
                    walk.parseBody(commit);
                    commits.add(CommitInfo.of(commit));
                }
            }
            return Optional.of(commits);
        }
    }

    private boolean markStart(RevWalk walk, Query query) throws IOException {
        if (query.revision.isEmpty()) {
            for (Ref ref : repository.getRefDatabase().getRefsByPrefix(Constants.R_HEADS, Constants.R_TAGS)) {
                RevObject object = walk.peel(walk.parseAny(ref.getObjectId()));
                if (object instanceof RevCommit commit) {
                    walk.markStart(commit);
                }
            }
            return true;
        }
        Optional<RevCommit> start = Revisions.commit(repository, walk, query.revision.get());
        Optional<RevCommit> not =
                query.not.isEmpty() ? Optional.empty() : Revisions.commit(repository, walk, query.not.get());
        if (start.isEmpty() || (query.not.isPresent() && not.isEmpty())) {
            return false;
        }
        walk.markStart(start.get());
        if (not.isPresent()) {
            walk.markUninteresting(not.get());
        }
        return true;
    }

    private static RevFilter filter(Query query) {
        RevFilter filter = RevFilter.ALL;
        if (query.since.isPresent()) {
            filter = and(filter, CommitTimeRevFilter.after(query.since.get()));
        }
        if (query.until.isPresent()) {
            filter = and(filter, CommitTimeRevFilter.before(query.until.get()));
        }
        if (query.author.isPresent()) {
            filter = and(filter, new ByAuthor(query.author.get().toLowerCase(Locale.ROOT)));
        }
        return filter;
    }

    private static RevFilter and(RevFilter one, RevFilter other) {
        return one.equals(RevFilter.ALL) ? other : AndRevFilter.create(one, other);
    }

    private static final class ByAuthor extends RevFilter {
        private final String part;

        ByAuthor(String part) {
            this.part = part;
        }

        @Override
        public boolean include(RevWalk walker, RevCommit commit) throws IOException {
            walker.parseBody(commit);
            var author = commit.getAuthorIdent();
            return (author.getName() + " <" + author.getEmailAddress() + ">")
                    .toLowerCase(Locale.ROOT)
                    .contains(part);
        }

        @Override
        public RevFilter clone() {
            return this;
        }
    }

    /** The best common ancestor; nothing when a revision is not there or they have none. */
    public Optional<CommitInfo> mergeBase(List<String> revisions) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            List<RevCommit> commits = new ArrayList<>();
            for (String revision : revisions) {
                Optional<RevCommit> commit = Revisions.commit(repository, walk, revision);
                if (commit.isEmpty()) {
                    return Optional.empty();
                }
                commits.add(commit.get());
            }
            walk.setRevFilter(RevFilter.MERGE_BASE);
            walk.markStart(commits);
            RevCommit base = walk.next();
            if (base == null) {
                return Optional.empty();
            }
            walk.parseBody(base);
            return Optional.of(CommitInfo.of(base));
        }
    }
}
