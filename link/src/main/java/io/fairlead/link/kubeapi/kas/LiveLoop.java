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
    private @Nullable LiveRequest first;

    private final Runnable whenAnswered;

    /** @param whenAnswered is told that GitLab has answered somebody */
    LiveLoop(Executor loop, Runnable whenAnswered) {
        this.loop = loop;
        this.whenAnswered = whenAnswered;
    }

    void answered() {
        whenAnswered.run();
    }

    void add(LiveRequest request) {
        LiveRequest second = first;
        request.after = second;
        if (second != null) {
            second.before = request;
        }
        first = request;
    }

    void remove(LiveRequest request) {
        LiveRequest before = request.before;
        LiveRequest after = request.after;
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
    void each(Consumer<LiveRequest> what) {
        try {
            loop.execute(() -> {
                for (LiveRequest request = first; request != null; request = request.after) {
                    what.accept(request);
                }
            });
        } catch (RejectedExecutionException e) {
            // The loop has ended, and what ran on it.
        }
    }
}
