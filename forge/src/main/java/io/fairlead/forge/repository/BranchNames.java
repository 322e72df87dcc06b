package io.fairlead.forge.repository;

import java.util.regex.Pattern;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/**
 * Names for branches and tags: those that Git takes, but none that means something else where a branch, a tag or an id may stand
 * ({@link Revisions}).
 */
public final class BranchNames {
    private static final int LENGTH_MAX = 255;
    private static final Pattern OBJECT_ID = Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}");

    private BranchNames() {}

    public static boolean valid(String shortName) {
        return shortName.length() <= LENGTH_MAX
                && !shortName.startsWith("-")
                && !shortName.startsWith(Constants.R_REFS)
                && !shortName.equals(Constants.HEAD)
                && !OBJECT_ID.matcher(shortName).matches()
                && Repository.isValidRefName(Constants.R_HEADS + shortName);
    }
}
