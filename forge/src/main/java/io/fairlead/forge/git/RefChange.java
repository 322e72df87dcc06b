package io.fairlead.forge.git;

import org.eclipse.jgit.lib.ObjectId;

/**
 * One reference that is to move.
 *
 * @param ref its full name, such as {@code refs/heads/main}
 * @param before the id it must have, zeros when it must not exist
 * @param after the id it is to have, zeros when it is to exist no more
 */
public record RefChange(String ref, String before, String after) {
    /** Stands for "does not exist". */
    public static final String NOTHING = ObjectId.zeroId().name();
}
