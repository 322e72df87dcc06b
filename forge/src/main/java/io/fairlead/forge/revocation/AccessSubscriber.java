package io.fairlead.forge.revocation;

import io.fairlead.base.time.Deadline;
import io.fairlead.gitlab.api.AccessChanges;
import java.time.Duration;

/** One kas that listens. What it has not taken yet is one {@link AccessChanges}, so that a slow one costs no more. */
final class AccessSubscriber {
    private final Deadline undisturbed;
    private AccessChanges waiting;
    private boolean ended;

    /** @param undisturbed until when nobody else takes its place */
    AccessSubscriber(long position, Duration undisturbed) {
        this.undisturbed = Deadline.in(undisturbed);
        waiting = AccessChanges.none(position);
    }

    synchronized void tell(AccessChanges changes) {
        waiting = waiting.and(changes);
        notifyAll();
    }

    /** What has changed since the last call; nothing after {@code waitMax} without a change. */
    synchronized AccessChanges next(Duration waitMax) throws InterruptedException {
        Deadline end = Deadline.in(waitMax);
        while (waiting.none() && !ended && !end.passed()) {
            wait(Math.max(1, end.remaining().toMillis()));
        }
        AccessChanges taken = waiting;
        waiting = AccessChanges.none(taken.position());
        return taken;
    }

    /** Its place is another's. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean ended() {
        return ended;
    }

    /** Whether another may take its place. */
    boolean mayGo() {
        return undisturbed.passed();
    }
}
