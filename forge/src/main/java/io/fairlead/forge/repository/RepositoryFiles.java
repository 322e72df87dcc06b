package io.fairlead.forge.repository;

import io.fairlead.base.error.FairleadException;
import java.io.IOException;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Reads single files from a repository. */
final class RepositoryFiles {
    private RepositoryFiles() {}

    /**
     * The file at the tip of a branch; nothing when the branch or the file is not there.
     *
     * @throws FairleadException {@code repository.too-large} when the file has more than {@code bytesMax} bytes
     */
    static Optional<byte[]> atBranch(Repository repository, String branch, String path, int bytesMax) {
        try (RevWalk commits = new RevWalk(repository)) {
            Ref tip = repository.exactRef(Constants.R_HEADS + branch);
            if (tip == null || tip.getObjectId() == null) {
                return Optional.empty();
            }
            ObjectId tree = commits.parseCommit(tip.getObjectId()).getTree();
            try (TreeWalk walk = TreeWalk.forPath(repository, path, tree)) {
                if (walk == null || walk.getFileMode(0).getObjectType() != Constants.OBJ_BLOB) {
                    return Optional.empty();
                }
                ObjectLoader blob = repository.open(walk.getObjectId(0), Constants.OBJ_BLOB);
                if (blob.getSize() > bytesMax) {
                    throw new FairleadException(
                            "repository.too-large", path + " is larger than " + bytesMax + " bytes");
                }
                return Optional.of(blob.getBytes());
            }
        } catch (IOException e) {
            throw new FairleadException("repository.read-failed", path + " could not be read", e);
        }
    }
}
