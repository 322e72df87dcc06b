package io.fairlead.link.identity;

import io.fairlead.gitlab.api.AccessChanges;

/** Is told that what GitLab decided may not hold any more. Calls come one after another; they must not block. */
public interface AccessListener {
    /** What was decided about these is to be asked for again. */
    void changed(AccessChanges changes);

    /**
     * GitLab could not be asked for longer than what it said before may be relied on.
     *
     * @param why a sentence for those who are turned away
     */
    default void lost(String why) {}

    /** After {@link #lost}: GitLab answers again. {@link #changed} with everything comes first. */
    default void found() {}
}
