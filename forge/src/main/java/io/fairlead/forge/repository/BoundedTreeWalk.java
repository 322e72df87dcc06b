package io.fairlead.forge.repository;

import io.fairlead.forge.api.ApiError;
import java.io.IOException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.treewalk.AbstractTreeIterator;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/**
 * A walk through trees that ends. A few kilobytes of trees that name each other unfold to billions of paths, and a thread that
 * only computes keeps its processor from everybody else: so the steps are counted, and other threads get their turn between.
 */
public final class BoundedTreeWalk extends TreeWalk {
    /** Ten times the files of the largest repositories that people work with by hand. */
    static final int STEPS_MAX = 1_000_000;

    /** What may be held at once: an entry of a commit in the making takes some 200 bytes. */
    static final int HELD_MAX = 200_000;

    private static final int STEPS_PER_TURN = 256;

    private final int stepsMax;
    private int steps;

    public BoundedTreeWalk(Repository repository) {
        this(repository, STEPS_MAX);
    }

    BoundedTreeWalk(Repository repository, int stepsMax) {
        super(repository);
        this.stepsMax = stepsMax;
    }

    /**
     * Makes sure that a commit's tree, or what differs between two, is small enough to be held.
     *
     * @param before nothing for an empty tree
     * @throws ApiError 422 when it is not
     */
    static void check(Repository repository, @Nullable ObjectId before, ObjectId after) throws IOException {
        try (BoundedTreeWalk walk = new BoundedTreeWalk(repository, HELD_MAX)) {
            walk.setRecursive(true);
            if (before == null) {
                walk.addTree((AbstractTreeIterator) new EmptyTreeIterator());
            } else {
                walk.addTree(before);
            }
            walk.addTree(after);
            walk.setFilter(TreeFilter.ANY_DIFF);
            while (walk.next()) {
                // Counted by the walk.
            }
        }
    }

    @Override
    public boolean next() throws IOException {
        step();
        return super.next();
    }

    /** Also called by {@link #next} of a recursive walk, which may pass many folders before it finds a file. */
    @Override
    public void enterSubtree() throws IOException, CorruptObjectException {
        step();
        super.enterSubtree();
    }

    private void step() {
        steps++;
        if (steps > stepsMax) {
            throw ApiError.message(
                    422,
                    "the tree has more than " + stepsMax + " entries, too many for this; ask for a folder, or use git");
        }
        if (steps % STEPS_PER_TURN == 0) {
            Thread.yield();
        }
    }
}
