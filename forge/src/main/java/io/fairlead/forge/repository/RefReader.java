package io.fairlead.forge.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevTag;
import org.eclipse.jgit.revwalk.RevWalk;

/** Reads branches and tags. */
public final class RefReader {
    /** As far back as a branch is looked for in the default one. */
    private static final int MERGED_WALK_MAX = 20_000;

    /** A branch and the commit at its tip. */
    public record Branch(String name, CommitInfo commit) {}

    /**
     * A tag.
     *
     * @param target the id of the tag itself when it is annotated, else of the commit
     * @param message of an annotated tag, else nothing
     */
    public record Tag(
            String name,
            String target,
            Optional<String> message,
            Optional<CommitInfo.Person> tagger,
            CommitInfo commit) {}

    private final Repository repository;

    RefReader(Repository repository) {
        this.repository = repository;
    }

    /** The short names of all branches, sorted. */
    public List<String> branchNames() throws IOException {
        return names(Constants.R_HEADS);
    }

    /** The short names of all tags, sorted. */
    public List<String> tagNames() throws IOException {
        return names(Constants.R_TAGS);
    }

    private List<String> names(String prefix) throws IOException {
        return repository.getRefDatabase().getRefsByPrefix(prefix).stream()
                .map(ref -> ref.getName().substring(prefix.length()))
                .sorted()
                .toList();
    }

    public Optional<Branch> branch(String name) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<ObjectId> id = Revisions.ref(repository, Constants.R_HEADS + name);
            return id.isEmpty() || !(walk.parseAny(id.get()) instanceof RevCommit commit)
                    ? Optional.empty()
                    : Optional.of(new Branch(name, CommitInfo.of(commit)));
        }
    }

    public Optional<Tag> tag(String name) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<ObjectId> id = Revisions.ref(repository, Constants.R_TAGS + name);
            return id.isEmpty() ? Optional.empty() : tag(walk, name, id.get());
        }
    }

    /** Tags of files and folders are not told about. */
    private static Optional<Tag> tag(RevWalk walk, String name, ObjectId id) throws IOException {
        RevObject object = walk.parseAny(id);
        try {
            CommitInfo commit = CommitInfo.of(walk.parseCommit(id));
            if (object instanceof RevTag tag) {
                Optional<CommitInfo.Person> tagger =
                        Optional.ofNullable(tag.getTaggerIdent()).map(CommitInfo.Person::of);
                return Optional.of(new Tag(
                        name, tag.name(), Optional.of(tag.getFullMessage().strip()), tagger, commit));
            }
            return Optional.of(new Tag(name, object.name(), Optional.empty(), Optional.empty(), commit));
        } catch (IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    /** The short names of branches or tags by the time of their commits, oldest first. */
    public List<String> byTime(boolean tags) throws IOException {
        record Dated(String name, long time) {}
        List<Dated> dated = new ArrayList<>();
        String prefix = tags ? Constants.R_TAGS : Constants.R_HEADS;
        try (RevWalk walk = new RevWalk(repository)) {
            for (Ref ref : repository.getRefDatabase().getRefsByPrefix(prefix)) {
                String name = ref.getName().substring(prefix.length());
                RevObject object = walk.peel(walk.parseAny(ref.getObjectId()));
                dated.add(new Dated(name, object instanceof RevCommit commit ? commit.getCommitTime() : 0));
            }
        }
        return dated.stream()
                .sorted(Comparator.comparingLong(Dated::time).thenComparing(Dated::name))
                .map(Dated::name)
                .toList();
    }

    /** Those of the commits that {@code branch} contains; what lies very far back is not found. */
    public Set<String> mergedInto(String branch, Set<String> commits) throws IOException {
        Set<String> merged = new HashSet<>();
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<ObjectId> tip = Revisions.ref(repository, Constants.R_HEADS + branch);
            if (tip.isEmpty()) {
                return merged;
            }
            walk.setRetainBody(false);
            walk.markStart(walk.parseCommit(tip.get()));
            int left = MERGED_WALK_MAX;
            for (RevCommit commit = walk.next();
                    commit != null && left > 0 && merged.size() < commits.size();
                    commit = walk.next()) {
                if (commits.contains(commit.name())) {
                    merged.add(commit.name());
                }
                left--;
            }
        }
        return merged;
    }
}
