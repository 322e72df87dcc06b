package io.fairlead.forge.repository;

import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Repository;

/** Names that Git takes for a branch. */
public final class BranchNames {
    private static final int LENGTH_MAX = 255;

    private BranchNames() {}

    public static boolean valid(String shortName) {
        return shortName.length() <= LENGTH_MAX && Repository.isValidRefName(Constants.R_HEADS + shortName);
    }
}
