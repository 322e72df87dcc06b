package io.fairlead.forge.git;

import io.fairlead.forge.repository.BoundedTreeWalk;
import io.fairlead.forge.repository.Repositories;
import io.fairlead.gitlab.gitaly.server.GitalyRefusal;
import io.fairlead.gitlab.gitaly.server.GitalyRefusal.Reason;
import io.fairlead.gitlab.gitaly.server.GitalyRepositories;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Our repositories as Gitaly shows them to kas. */
public final class GitalyAdapter implements GitalyRepositories {
    private static final String STORAGE = "default";
    private static final int REVISION_LENGTH_MAX = 4096;

    private final Repositories repositories;

    public GitalyAdapter(Repositories repositories) {
        this.repositories = repositories;
    }

    @Override
    public OpenRepository open(String storageName, String relativePath) {
        if (!storageName.equals(STORAGE)) {
            throw new GitalyRefusal(Reason.INVALID_ARGUMENT, "there is no storage named \"" + storageName + "\"");
        }
        return repositories
                .openRelative(relativePath)
                .map(Open::new)
                .orElseThrow(
                        () -> new GitalyRefusal(Reason.NOT_FOUND, "repository not found: \"" + relativePath + "\""));
    }

    private record Open(Repository repository) implements OpenRepository {
        @Override
        public Entry entry(String revision, String path) throws IOException {
            ObjectId tree = resolve(revision, "^{tree}");
            if (path.isEmpty()) {
                return new Entry(Kind.FOLDER, tree.name(), FileMode.TREE.getBits(), 0, InputStream::nullInputStream);
            }
            try (TreeWalk walk = TreeWalk.forPath(repository, path, tree)) {
                if (walk == null) {
                    throw new GitalyRefusal(Reason.NOT_FOUND, "not found: " + path);
                }
                ObjectId id = walk.getObjectId(0);
                int mode = walk.getFileMode(0).getBits();
                Kind kind = kind(walk.getFileMode(0));
                if (kind != Kind.FILE) {
                    return new Entry(kind, id.name(), mode, 0, InputStream::nullInputStream);
                }
                var blob = repository.open(id, Constants.OBJ_BLOB);
                return new Entry(kind, id.name(), mode, blob.getSize(), blob::openStream);
            }
        }

        @Override
        public void walk(String revision, String folder, boolean recursive, Predicate<Item> each) throws IOException {
            String commit = resolve(revision, "^{commit}").name();
            ObjectId root = resolve(revision, "^{tree}");
            String prefix = folder.isEmpty() ? "" : folder + "/";
            try (TreeWalk walk = new BoundedTreeWalk(repository)) {
                walk.addTree(folder.isEmpty() ? root : folder(root, folder));
                boolean more = true;
                while (more && walk.next()) {
                    FileMode mode = walk.getFileMode(0);
                    more = each.test(new Item(
                            kind(mode),
                            walk.getObjectId(0).name(),
                            mode.getBits(),
                            prefix + walk.getPathString(),
                            commit));
                    if (recursive && walk.isSubtree()) {
                        walk.enterSubtree();
                    }
                }
            }
        }

        private ObjectId folder(ObjectId root, String path) throws IOException {
            try (TreeWalk walk = TreeWalk.forPath(repository, path, root)) {
                if (walk == null || kind(walk.getFileMode(0)) != Kind.FOLDER) {
                    throw new GitalyRefusal(Reason.NOT_FOUND, "no such folder: " + path);
                }
                return walk.getObjectId(0);
            }
        }

        @Override
        public void advertiseReferences(List<String> protocol, OutputStream out) throws IOException {
            UploadSide.advertise(repository, protocol, out);
        }

        @Override
        public void close() {
            repository.close();
        }

        private ObjectId resolve(String revision, String kind) throws IOException {
            if (revision.length() > REVISION_LENGTH_MAX) {
                throw new GitalyRefusal(Reason.INVALID_ARGUMENT, "the revision is too long");
            }
            try {
                ObjectId id = repository.resolve(revision + kind);
                if (id != null) {
                    return id;
                }
            } catch (RevisionSyntaxException
                    | AmbiguousObjectException
                    | IncorrectObjectTypeException
                    | MissingObjectException e) {
                throw new GitalyRefusal(Reason.NOT_FOUND, "revision not found: " + revision);
            }
            throw new GitalyRefusal(Reason.NOT_FOUND, "revision not found: " + revision);
        }

        private static Kind kind(FileMode mode) {
            return switch (mode.getObjectType()) {
                case Constants.OBJ_TREE -> Kind.FOLDER;
                case Constants.OBJ_COMMIT -> Kind.SUBMODULE;
                default -> Kind.FILE;
            };
        }
    }
}
