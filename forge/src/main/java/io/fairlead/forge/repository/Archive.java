package io.fairlead.forge.repository;

import io.fairlead.forge.tar.TarStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;

/** Writes the files of a commit as one archive, file by file as they are read. */
public final class Archive {
    /** The forms that an archive may have. */
    public enum Format {
        TAR("tar", "application/x-tar"),
        TAR_GZ("tar.gz", "application/gzip"),
        ZIP("zip", "application/zip");

        private final String suffix;
        private final String mediaType;

        Format(String suffix, String mediaType) {
            this.suffix = suffix;
            this.mediaType = mediaType;
        }

        public String suffix() {
            return suffix;
        }

        public String mediaType() {
            return mediaType;
        }
    }

    private final Repository repository;

    Archive(Repository repository) {
        this.repository = repository;
    }

    /** @param folder the one in which everything in the archive is */
    public void write(String commitId, Optional<String> path, String folder, Format format, OutputStream out)
            throws IOException {
        try (RevWalk walk = new RevWalk(repository)) {
            RevCommit commit = walk.parseCommit(ObjectId.fromString(commitId));
            OutputStream buffered = new BufferedOutputStream(out);
            switch (format) {
                case ZIP -> {
                    ZipOutputStream zip = new ZipOutputStream(buffered);
                    each(commit, path, (name, mode, id) -> addZip(zip, commit, folder + "/" + name, id));
                    zip.finish();
                }
                case TAR -> tar(commit, path, folder, buffered);
                case TAR_GZ -> {
                    GZIPOutputStream gzip = new GZIPOutputStream(buffered);
                    tar(commit, path, folder, gzip);
                    gzip.finish();
                }
            }
            buffered.flush();
        }
    }

    private interface Each {
        void file(String name, FileMode mode, ObjectId id) throws IOException;
    }

    private void each(RevCommit commit, Optional<String> path, Each each) throws IOException {
        try (TreeWalk walk = new BoundedTreeWalk(repository)) {
            walk.addTree(commit.getTree());
            walk.setRecursive(true);
            if (path.isPresent()) {
                walk.setFilter(PathFilter.create(path.get()));
            }
            while (walk.next()) {
                if (walk.getFileMode(0).getObjectType() == Constants.OBJ_BLOB) {
                    each.file(walk.getPathString(), walk.getFileMode(0), walk.getObjectId(0));
                }
            }
        }
    }

    private void addZip(ZipOutputStream zip, RevCommit commit, String name, ObjectId id) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(commit.getCommitTime() * 1000L);
        zip.putNextEntry(entry);
        loader(id).copyTo(zip);
        zip.closeEntry();
    }

    private void tar(RevCommit commit, Optional<String> path, String folder, OutputStream out) throws IOException {
        TarStream tar = new TarStream(out, commit.getCommitTime());
        each(commit, path, (name, mode, id) -> {
            ObjectLoader loader = loader(id);
            if (mode.equals(FileMode.SYMLINK) && loader.getSize() <= TarStream.LINK_MAX) {
                tar.link(folder + "/" + name, loader.getCachedBytes());
            } else {
                tar.begin(folder + "/" + name, mode.equals(FileMode.EXECUTABLE_FILE) ? 0755 : 0644, loader.getSize());
                loader.copyTo(out);
                tar.end(loader.getSize());
            }
        });
        tar.finish();
    }

    private ObjectLoader loader(ObjectId id) throws IOException {
        return repository.open(id, Constants.OBJ_BLOB);
    }
}
