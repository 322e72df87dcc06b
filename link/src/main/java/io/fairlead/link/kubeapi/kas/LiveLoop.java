package io.fairlead.link.kubeapi.kas;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The requests that run on one event loop, in a list of their own: to join and to leave it is a few pointers, without a lock and
 * without anything made.
 */
final class LiveLoop {
    private final Executor loop;
    private @Nullable Standing first;

    LiveLoop(Executor loop) {
        this.loop = loop;
    }

    void add(Standing standing) {
        Standing second = first;
        standing.after = second;
        if (second != null) {
            second.before = standing;
        }
        first = standing;
    }

    void remove(Standing standing) {
        Standing before = standing.before;
        Standing after = standing.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after != null) {
            after.before = before;
        }
    }

    /** Does {@code what} to each, on the loop, soon. Any of them may leave meanwhile. */
    void each(Consumer<Standing> what) {
        try {
            loop.execute(() -> {
                for (Standing standing = first; standing != null; standing = standing.after) {
                    what.accept(standing);
                }
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended, and what ran on it.
        }
    }
}
