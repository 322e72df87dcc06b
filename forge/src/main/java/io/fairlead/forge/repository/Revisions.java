package io.fairlead.forge.repository;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * What a name in a request means: a branch, a tag, {@code HEAD}, or an id of at least four digits, each followed by any
 * {@code ~n} and {@code ^n}. The rest of Git's language for revisions reads files and matches expressions, and is not spoken.
 */
final class Revisions {
    private static final Pattern NAME = Pattern.compile("(.{1,1024}?)((?:[~^][0-9]{0,4}){0,16})");
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{4,40}");

    private Revisions() {}

    /** The commit that a name leads to; nothing when there is none. */
    static Optional<RevCommit> commit(Repository repository, RevWalk walk, String revision) throws IOException {
        Matcher parts = NAME.matcher(revision);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Optional<ObjectId> base = object(repository, parts.group(1));
        if (base.isEmpty()) {
            return Optional.empty();
        }
        try {
            ObjectId id = repository.resolve(base.get().name() + parts.group(2) + "^{commit}");
            return id == null ? Optional.empty() : Optional.of(walk.parseCommit(id));
        } catch (RevisionSyntaxException | MissingObjectException | IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    private static Optional<ObjectId> object(Repository repository, String name) throws IOException {
        if (name.length() == Constants.OBJECT_ID_STRING_LENGTH
                && ID.matcher(name).matches()) {
            Optional<ObjectId> whole = id(repository, name);
            if (whole.isPresent()) {
                return whole;
            }
        }
        for (String prefix : new String[] {Constants.R_HEADS, Constants.R_TAGS}) {
            Optional<ObjectId> id = ref(repository, prefix + name);
            if (id.isPresent()) {
                return id;
            }
        }
        if (name.equals(Constants.HEAD) || name.startsWith(Constants.R_HEADS) || name.startsWith(Constants.R_TAGS)) {
            return ref(repository, name);
        }
        return ID.matcher(name).matches() ? id(repository, name) : Optional.empty();
    }

    static Optional<ObjectId> ref(Repository repository, String fullName) throws IOException {
        if (!fullName.equals(Constants.HEAD) && !Repository.isValidRefName(fullName)) {
            return Optional.empty();
        }
        Ref ref = repository.exactRef(fullName);
        return ref == null ? Optional.empty() : Optional.ofNullable(ref.getObjectId());
    }

    /** The one object whose id begins so. */
    static Optional<ObjectId> id(Repository repository, String digits) throws IOException {
        if (!ID.matcher(digits).matches()) {
            return Optional.empty();
        }
        try (ObjectReader reader = repository.newObjectReader()) {
            Collection<ObjectId> found = reader.resolve(AbbreviatedObjectId.fromString(digits));
            return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
        }
    }
}
