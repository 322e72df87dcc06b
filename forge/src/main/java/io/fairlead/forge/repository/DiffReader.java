package io.fairlead.forge.repository;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevTree;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.util.io.DisabledOutputStream;
import org.jspecify.annotations.Nullable;

/** Reads what changed between two commits. */
public final class DiffReader {
    /** Larger files are not compared line by line. */
    private static final int FILE_BYTES_MAX = 1 << 20;
    /** GitLab's bound for the text of one file. */
    private static final int PATCH_BYTES_MAX = 200 * 1024;
    /** All patches of an answer; what comes after is told without its text. */
    private static final int TEXT_BYTES_MAX = 4 << 20;
    /** Changed files of an answer. */
    private static final int FILES_MAX = 3_000;

    /**
     * How one file changed.
     *
     * @param patch the hunks without a header
     * @param collapsed whether the text was left out because the others were long already
     * @param tooLarge whether it was left out because it is itself
     */
    public record FileDiff(
            String oldPath,
            String newPath,
            String oldMode,
            String newMode,
            boolean added,
            boolean renamed,
            boolean deleted,
            String patch,
            boolean collapsed,
            boolean tooLarge) {}

    /** How many lines came and went. */
    public record Stats(int additions, int deletions) {}

    private final Repository repository;

    DiffReader(Repository repository) {
        this.repository = repository;
    }

    /** What a commit changed of its first parent; nothing when it is not there. */
    public Optional<List<FileDiff>> ofCommit(String revision) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> commit = Revisions.commit(repository, walk, revision);
            return commit.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            diffs(parentTree(walk, commit.get()), commit.get().getTree()));
        }
    }

    /** What is different in {@code to}; nothing when one of them is not there. */
    public Optional<List<FileDiff>> between(String from, String to) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> before = Revisions.commit(repository, walk, from);
            Optional<RevCommit> after = Revisions.commit(repository, walk, to);
            return before.isEmpty() || after.isEmpty()
                    ? Optional.empty()
                    : Optional.of(diffs(before.get().getTree(), after.get().getTree()));
        }
    }

    /** Which files a commit changed, without how. */
    public List<FileDiff> names(String commitId) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> commit = Revisions.commit(repository, walk, commitId);
            return commit.isEmpty()
                    ? List.of()
                    : entries(parentTree(walk, commit.get()), commit.get().getTree()).stream()
                            .map(entry -> told(entry, "", false, false))
                            .toList();
        }
    }

    /** How many lines a commit added and removed, in files that are compared. */
    public Stats stats(String commitId) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> commit = Revisions.commit(repository, walk, commitId);
            int added = 0;
            int removed = 0;
            if (commit.isPresent()) {
                for (DiffEntry entry :
                        entries(parentTree(walk, commit.get()), commit.get().getTree())) {
                    Optional<Pair> pair = pair(entry);
                    for (Edit edit :
                            pair.isPresent() && pair.get().text() ? pair.get().edits() : new EditList()) {
                        added += edit.getLengthB();
                        removed += edit.getLengthA();
                    }
                }
            }
            return new Stats(added, removed);
        }
    }

    private static @Nullable RevTree parentTree(RevWalk walk, RevCommit commit) throws IOException {
        return commit.getParentCount() == 0
                ? null
                : walk.parseCommit(commit.getParent(0)).getTree();
    }

    private List<DiffEntry> entries(@Nullable RevTree before, RevTree after) throws IOException {
        BoundedTreeWalk.check(repository, before, after);
        try (DiffFormatter formatter = new DiffFormatter(DisabledOutputStream.INSTANCE)) {
            formatter.setRepository(repository);
            formatter.setDetectRenames(true);
            List<DiffEntry> entries = scan(formatter, before, after);
            return entries.subList(0, Math.min(entries.size(), FILES_MAX));
        }
    }

    @SuppressWarnings("NullAway") // JGit takes null for the tree before the first commit.
    private static List<DiffEntry> scan(DiffFormatter formatter, @Nullable RevTree before, RevTree after)
            throws IOException {
        return formatter.scan(before, after);
    }

    private List<FileDiff> diffs(@Nullable RevTree before, RevTree after) throws IOException {
        List<FileDiff> diffs = new ArrayList<>();
        int bytes = 0;
        for (DiffEntry entry : entries(before, after)) {
            boolean collapsed = bytes > TEXT_BYTES_MAX;
            Optional<String> patch = collapsed ? Optional.of("") : patch(entry);
            bytes += patch.map(String::length).orElse(0);
            diffs.add(told(entry, patch.orElse(""), collapsed, patch.isEmpty()));
        }
        return diffs;
    }

    private static FileDiff told(DiffEntry entry, String patch, boolean collapsed, boolean tooLarge) {
        DiffEntry.ChangeType type = entry.getChangeType();
        return new FileDiff(
                type == DiffEntry.ChangeType.ADD ? entry.getNewPath() : entry.getOldPath(),
                type == DiffEntry.ChangeType.DELETE ? entry.getOldPath() : entry.getNewPath(),
                mode(entry.getOldMode()),
                mode(entry.getNewMode()),
                type == DiffEntry.ChangeType.ADD,
                type == DiffEntry.ChangeType.RENAME,
                type == DiffEntry.ChangeType.DELETE,
                patch,
                collapsed,
                tooLarge);
    }

    private static String mode(FileMode mode) {
        return String.format("%o", mode.getBits());
    }

    /** The hunks; nothing when they are too large. */
    private Optional<String> patch(DiffEntry entry) throws IOException {
        Optional<Pair> pair = pair(entry);
        if (pair.isEmpty()) {
            return Optional.empty();
        }
        if (!pair.get().text()) {
            return Optional.of("Binary files a/" + entry.getOldPath() + " and b/" + entry.getNewPath() + " differ\n");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DiffFormatter formatter = new DiffFormatter(out)) {
            formatter.format(pair.get().edits(), pair.get().before, pair.get().after);
        }
        return out.size() > PATCH_BYTES_MAX ? Optional.empty() : Optional.of(out.toString(StandardCharsets.UTF_8));
    }

    private record Pair(RawText before, RawText after) {
        boolean text() {
            return !RawText.isBinary(before.getRawContent()) && !RawText.isBinary(after.getRawContent());
        }

        EditList edits() {
            return new HistogramDiff().diff(RawTextComparator.DEFAULT, before, after);
        }
    }

    private Optional<Pair> pair(DiffEntry entry) throws IOException {
        Optional<byte[]> before = content(entry.getOldId(), entry.getOldMode());
        Optional<byte[]> after = content(entry.getNewId(), entry.getNewMode());
        return before.isEmpty() || after.isEmpty()
                ? Optional.empty()
                : Optional.of(new Pair(new RawText(before.get()), new RawText(after.get())));
    }

    private Optional<byte[]> content(AbbreviatedObjectId id, FileMode mode) throws IOException {
        if (mode.equals(FileMode.MISSING)) {
            return Optional.of(new byte[0]);
        }
        if (mode.equals(FileMode.GITLINK)) {
            return Optional.of(("Subproject commit " + id.name() + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        var loader = repository.open(id.toObjectId(), Constants.OBJ_BLOB);
        return loader.getSize() > FILE_BYTES_MAX
                ? Optional.empty()
                : Optional.of(loader.getCachedBytes(FILE_BYTES_MAX));
    }
}
