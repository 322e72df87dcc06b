package io.fairlead.link.kubeapi.kas;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;

/**
 * Whose turn it is to be asked about again. Those whom a change names come before those whom it means with everybody, and of
 * either kind so many are asked about at once that none waits long at GitLab's limit on calls: there all of a big installation
 * would keep out who is named next.
 */
final class Reviews {
    /** Why somebody is asked about again. */
    enum Cause {
        /** A change named the person, the job or the agent. */
        NAMED(32),
        /** Everybody may be meant, or nothing was heard for long. */
        ALL(8);

        private final int atOnce;

        /** @param atOnce at GitLab's 10 ms for an answer, hundreds a second; the limit on calls is below that */
        Cause(int atOnce) {
            this.atOnce = atOnce;
        }
    }

    private final Map<Cause, ArrayDeque<LiveRequest>> waiting = new EnumMap<>(Cause.class);
    private final int[] running = new int[Cause.values().length];

    /** Gives the request its turn, on its own loop, as soon as there is one; it says {@link #over} then. */
    void ask(LiveRequest request, Cause cause) {
        synchronized (waiting) {
            if (running[cause.ordinal()] >= cause.atOnce) {
                queue(cause).add(request);
                return;
            }
            running[cause.ordinal()]++;
        }
        if (!request.turn(cause)) {
            over(cause);
        }
    }

    /** A turn has been taken, or was not wanted any more. */
    void over(Cause cause) {
        LiveRequest next;
        do {
            synchronized (waiting) {
                next = queue(cause).poll();
                if (next == null) {
                    running[cause.ordinal()]--;
                    return;
                }
            }
        } while (!next.turn(cause));
    }

    private ArrayDeque<LiveRequest> queue(Cause cause) {
        return waiting.computeIfAbsent(cause, any -> new ArrayDeque<>());
    }
}
