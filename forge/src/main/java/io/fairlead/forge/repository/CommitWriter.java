package io.fairlead.forge.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator;
import org.eclipse.jgit.internal.submodule.SubmoduleValidator.SubmoduleValidationException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TagBuilder;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Writes commits and tags as objects. No reference names them yet: whoever asked has the references moved, where the rules
 * for that are.
 */
public final class CommitWriter {
    /** Who writes. */
    public record Author(String name, String email) {}

    /**
     * A commit to write.
     *
     * @param parent revision of the commit it follows; nothing for the first one
     */
    public record Draft(
            Optional<String> parent, String message, Author author, Author committer, List<FileAction> actions) {}

    private final Repository repository;
    private final Instant now;

    CommitWriter(Repository repository, Instant now) {
        this.repository = repository;
        this.now = now;
    }

    /** The id of the commit, which is on disk when this returns. */
    public String write(Draft draft) throws IOException, CommitRefusal {
        try (ObjectInserter inserter = repository.newObjectInserter();
                RevWalk walk = new RevWalk(repository)) {
            CommitBuilder commit = new CommitBuilder();
            DirCache files = DirCache.newInCore();
            if (draft.parent.isPresent()) {
                RevCommit parent = Revisions.commit(repository, walk, draft.parent.get())
                        .orElseThrow(() ->
                                CommitRefusal.misfit("You can only create or edit files when you are on a branch"));
                commit.setParentId(parent);
                load(files, parent);
            }
            for (FileAction action : draft.actions) {
                checkSeen(draft, action);
                apply(files, action, inserter);
            }
            commit.setTreeId(files.writeTree(inserter));
            commit.setAuthor(ident(draft.author));
            commit.setCommitter(ident(draft.committer));
            commit.setMessage(draft.message);
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            return id.name();
        }
    }

    /** The id of an annotated tag of a commit. */
    public String writeTag(String name, String commitId, String message, Author tagger) throws IOException {
        try (ObjectInserter inserter = repository.newObjectInserter()) {
            TagBuilder tag = new TagBuilder();
            tag.setTag(name);
            tag.setObjectId(ObjectId.fromString(commitId), Constants.OBJ_COMMIT);
            tag.setMessage(message.endsWith("\n") ? message : message + "\n");
            tag.setTagger(ident(tagger));
            ObjectId id = inserter.insert(tag);
            inserter.flush();
            return id.name();
        }
    }

    /** Angle brackets and line ends would end the name in the commit. */
    private PersonIdent ident(Author author) {
        String name = author.name.replaceAll("[<>\\p{Cntrl}]", "").strip();
        String email = author.email.replaceAll("[<>\\p{Cntrl}]", "").strip();
        return new PersonIdent(name, email, now, ZoneOffset.UTC);
    }

    private void load(DirCache files, RevCommit parent) throws IOException {
        BoundedTreeWalk.check(repository, null, parent.getTree());
        DirCacheBuilder builder = files.builder();
        try (var reader = repository.newObjectReader()) {
            builder.addTree(new byte[0], DirCacheEntry.STAGE_0, reader, parent.getTree());
        }
        builder.finish();
    }

    private void checkSeen(Draft draft, FileAction action) throws IOException, CommitRefusal {
        if (action.lastCommitId().isEmpty() || draft.parent.isEmpty()) {
            return;
        }
        String path = action.kind() instanceof FileAction.Kind.Move(String previous, var _) ? previous : action.path();
        Optional<String> last = new FileReader(repository).lastCommit(draft.parent.get(), path);
        if (!last.equals(action.lastCommitId())) {
            throw CommitRefusal.misfit(
                    "You are attempting to update a file that has changed since you started editing it.");
        }
    }

    private static void apply(DirCache files, FileAction action, ObjectInserter inserter)
            throws IOException, CommitRefusal {
        String path = action.path();
        if (!RepositoryPaths.valid(path)) {
            throw CommitRefusal.misfit("invalid path: '" + path + "'");
        }
        switch (action.kind()) {
            case FileAction.Kind.Create(byte[] content, boolean executable) ->
                put(files, free(files, path), insert(inserter, path, content), mode(executable));
            case FileAction.Kind.Update(byte[] content, Optional<Boolean> executable) -> {
                DirCacheEntry entry = there(files, path);
                put(
                        files,
                        path,
                        insert(inserter, path, content),
                        executable.map(CommitWriter::mode).orElse(entry.getFileMode()));
            }
            case FileAction.Kind.Delete() -> {
                there(files, path);
                edit(files, new DirCacheEditor.DeletePath(path));
            }
            case FileAction.Kind.Move(String previous, Optional<byte[]> content) -> {
                DirCacheEntry entry = there(files, previous);
                edit(files, new DirCacheEditor.DeletePath(previous));
                ObjectId id = content.isPresent() ? insert(inserter, path, content.get()) : entry.getObjectId();
                put(files, free(files, path), id, entry.getFileMode());
            }
            case FileAction.Kind.Chmod(boolean executable) -> {
                DirCacheEntry entry = there(files, path);
                put(files, path, entry.getObjectId(), mode(executable));
            }
        }
    }

    /** What says where other repositories are is looked at as in a push: clients run programs by it. */
    private static ObjectId insert(ObjectInserter inserter, String path, byte[] content)
            throws IOException, CommitRefusal {
        if (path.equals(Constants.DOT_GIT_MODULES)) {
            try {
                SubmoduleValidator.assertValidGitModulesFile(new String(content, StandardCharsets.UTF_8));
            } catch (SubmoduleValidationException e) {
                throw CommitRefusal.misfit("invalid " + path + ": " + e.getMessage());
            }
        }
        return inserter.insert(Constants.OBJ_BLOB, content);
    }

    private static FileMode mode(boolean executable) {
        return executable ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE;
    }

    private static DirCacheEntry there(DirCache files, String path) throws CommitRefusal {
        DirCacheEntry entry = files.getEntry(path);
        if (entry == null || entry.getFileMode().equals(FileMode.GITLINK)) {
            throw CommitRefusal.misfit("A file with this name doesn't exist");
        }
        return entry;
    }

    /** Neither a file, nor a folder, nor anything below a file. */
    private static String free(DirCache files, String path) throws CommitRefusal {
        if (files.getEntry(path) != null) {
            throw CommitRefusal.misfit("A file with this name already exists");
        }
        if (files.getEntriesWithin(path).length > 0) {
            throw CommitRefusal.misfit("A directory with this name already exists");
        }
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            if (files.getEntry(path.substring(0, slash)) != null) {
                throw CommitRefusal.misfit("A file with the name of one of its folders already exists");
            }
        }
        return path;
    }

    private static void put(DirCache files, String path, ObjectId id, FileMode mode) {
        edit(files, new DirCacheEditor.PathEdit(path) {
            @Override
            public void apply(DirCacheEntry entry) {
                entry.setObjectId(id);
                entry.setFileMode(mode);
            }
        });
    }

    private static void edit(DirCache files, DirCacheEditor.PathEdit edit) {
        DirCacheEditor editor = files.editor();
        editor.add(edit);
        editor.finish();
    }
}
