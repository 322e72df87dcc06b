package io.fairlead.forge.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Reads folders and files. */
public final class FileReader {
    /** What a folder has in it. */
    public enum Kind {
        TREE,
        BLOB,
        COMMIT;

        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        static Kind of(FileMode mode) {
            return switch (mode.getObjectType()) {
                case Constants.OBJ_TREE -> TREE;
                case Constants.OBJ_COMMIT -> COMMIT;
                default -> BLOB;
            };
        }
    }

    /** @param mode as Git prints it, such as {@code 100644} */
    public record Item(String id, Kind kind, String path, String mode) {
        /** What tells it from the others of its listing. */
        public String key() {
            return kind.text() + " " + path;
        }

        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    /**
     * A part of a folder.
     *
     * @param total how many there are in the whole
     */
    public record Listing(List<Item> items, long total) {}

    /** A file at a commit. */
    public record File(String path, String blobId, long size, boolean executable, String commitId) {
        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    private final Repository repository;

    FileReader(Repository repository) {
        this.repository = repository;
    }

    /**
     * A part of a folder, as GitLab sorts: folders first, then files, then submodules. Nothing when the revision or the
     * folder is not there.
     *
     * @param path of the folder, empty for the root
     * @param after only what comes after the item with this {@link Item#key}
     */
    public Optional<Listing> list(
            String revision, String path, boolean recursive, Optional<String> after, long offset, int limit)
            throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> commit = Revisions.commit(repository, walk, revision);
            Optional<ObjectId> root = commit.isEmpty() ? Optional.empty() : folder(commit.get(), path);
            if (root.isEmpty()) {
                return Optional.empty();
            }
            List<Item> items = new ArrayList<>();
            long total = 0;
            long skip = offset;
            boolean passed = after.isEmpty();
            for (Kind kind : Kind.values()) {
                try (TreeWalk tree = new BoundedTreeWalk(repository)) {
                    tree.addTree(root.get());
                    while (tree.next()) {
                        if (Kind.of(tree.getFileMode(0)) == kind) {
                            total++;
                            Item item = item(tree, path);
                            if (!passed) {
                                passed = item.key().equals(after.get());
                            } else if (skip > 0) {
                                skip--;
                            } else if (items.size() < limit) {
                                items.add(item);
                            }
                        }
                        if (recursive && tree.isSubtree()) {
                            tree.enterSubtree();
                        }
                    }
                }
            }
            return Optional.of(new Listing(items, total));
        }
    }

    private static Item item(TreeWalk tree, String folder) {
        FileMode mode = tree.getFileMode(0);
        String path = folder.isEmpty() ? tree.getPathString() : folder + "/" + tree.getPathString();
        return new Item(tree.getObjectId(0).name(), Kind.of(mode), path, String.format("%06o", mode.getBits()));
    }

    private Optional<ObjectId> folder(RevCommit commit, String path) throws IOException {
        if (path.isEmpty()) {
            return Optional.of(commit.getTree().getId());
        }
        try (TreeWalk walk = TreeWalk.forPath(repository, path, commit.getTree())) {
            return walk == null || Kind.of(walk.getFileMode(0)) != Kind.TREE
                    ? Optional.empty()
                    : Optional.of(walk.getObjectId(0));
        }
    }

    /** A file; nothing when the revision or the file is not there. */
    public Optional<File> file(String revision, String path) throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            Optional<RevCommit> commit = Revisions.commit(repository, walk, revision);
            if (commit.isEmpty() || !RepositoryPaths.valid(path)) {
                return Optional.empty();
            }
            try (TreeWalk tree = TreeWalk.forPath(repository, path, commit.get().getTree())) {
                if (tree == null || Kind.of(tree.getFileMode(0)) != Kind.BLOB) {
                    return Optional.empty();
                }
                ObjectId id = tree.getObjectId(0);
                return Optional.of(new File(
                        path,
                        id.name(),
                        tree.getObjectReader().getObjectSize(id, Constants.OBJ_BLOB),
                        FileMode.EXECUTABLE_FILE.equals(tree.getFileMode(0).getBits()),
                        commit.get().name()));
            }
        }
    }

    /** The last commit that changed a path, going back from a revision. */
    public Optional<String> lastCommit(String revision, String path) throws IOException {
        return new HistoryReader(repository)
                .log(HistoryReader.Query.lastOf(revision, path), 0, 1)
                .flatMap(commits -> commits.stream().findFirst())
                .map(CommitInfo::id);
    }

    /** The size of a blob; nothing when there is none with this id or short id. */
    public Optional<Blob> blob(String id) throws IOException {
        Optional<ObjectId> found = Revisions.id(repository, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Blob(
                    found.get().name(),
                    repository.open(found.get(), Constants.OBJ_BLOB).getSize()));
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    /** The content of some file, by its id. */
    public record Blob(String id, long size) {}

    /** Writes what is in a blob. */
    public void copy(String blobId, OutputStream out) throws IOException {
        loader(blobId).copyTo(out);
    }

    /** What is in a blob that is known to be small. */
    public byte[] bytes(String blobId) throws IOException {
        ObjectLoader loader = loader(blobId);
        return loader.getCachedBytes(Math.toIntExact(loader.getSize()));
    }

    private ObjectLoader loader(String blobId) throws IOException {
        return repository.open(ObjectId.fromString(blobId), Constants.OBJ_BLOB);
    }
}
