package io.fairlead.forge.revocation;

import io.fairlead.base.time.Deadline;
import io.fairlead.gitlab.api.AccessChanges;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads the notes of the database's triggers, each once. Ids are given out when a note is written and seen when it is
 * committed: of two writes side by side the one with the lower id may be seen later, so what is older than the newest is
 * looked at for as long as such a write may take. For {@link AccessChangeFeed}'s thread.
 */
final class AccessNotes {
    /** A note that is committed so long after others with higher ids is still told. Ours: requests end sooner. */
    static final Duration LATE_MAX = Duration.ofSeconds(30);

    /** Ids are remembered; under a flood that is more, notes have less time to be late. */
    private static final int TOLD_MAX = 50_000;

    private static final int KEPT = 5_000;

    /** The newest id at some moment, which is none to wait before any more when {@code end} has passed. */
    private record Mark(long id, Deadline end) {}

    private final AccessChangeQueries queries;
    private final Deque<Mark> marks = new ArrayDeque<>();
    /** Those above {@link #floor}. */
    private final TreeSet<Long> told = new TreeSet<>();

    private long newest;
    private long floor;
    private long forgottenUpTo;

    AccessNotes(AccessChangeQueries queries) {
        this.queries = queries;
    }

    void begin() {
        newest = queries.newest();
        floor = newest;
        forgottenUpTo = newest;
        marks.clear();
        told.clear();
    }

    long newest() {
        return newest;
    }

    /** What was noted since the last call. */
    AccessChanges next() {
        long last = queries.newest();
        if (last < newest) {
            // The database has lost what it had said, as when another takes over; so may be lost what comes with these
            // ids.
            begin();
            return AccessChanges.everything(newest);
        }
        raiseFloor();
        AccessChanges changes = late().and(fresh(last));
        forget();
        return changes;
    }

    private AccessChanges fresh(long last) {
        if (last == newest) {
            return AccessChanges.none(newest);
        }
        List<AccessChangeQueries.Row> rows = queries.between(newest, last);
        marks.add(new Mark(newest, Deadline.in(LATE_MAX)));
        newest = last;
        return rows.size() < AccessChangeQueries.ROWS_MAX ? tell(rows) : everythingNow();
    }

    private AccessChanges late() {
        if (queries.count(floor, newest) == told.size()) {
            return AccessChanges.none(newest);
        }
        List<AccessChangeQueries.Row> rows = queries.between(floor, newest);
        return rows.size() < AccessChangeQueries.ROWS_MAX ? tell(rows) : everythingNow();
    }

    private AccessChanges tell(List<AccessChangeQueries.Row> rows) {
        AccessChanges changes = AccessChanges.none(newest);
        for (AccessChangeQueries.Row row : rows) {
            if (told.add(row.id())) {
                changes = changes.and(row.changes());
            }
        }
        return changes;
    }

    /** Too many to tell apart: what is there now is told by this, whichever it is. */
    private AccessChanges everythingNow() {
        List<Long> ids = queries.ids(floor, newest, TOLD_MAX);
        told.addAll(ids);
        if (ids.size() == TOLD_MAX) {
            marks.clear();
            told.clear();
            floor = newest;
        }
        return AccessChanges.everything(newest);
    }

    private void raiseFloor() {
        Mark oldest = marks.peekFirst();
        while (oldest != null && (oldest.end().passed() || told.size() > TOLD_MAX)) {
            marks.removeFirst();
            floor = oldest.id();
            told.headSet(floor, true).clear();
            oldest = marks.peekFirst();
        }
    }

    /** The newest stays: by it is seen whether ids went back. */
    private void forget() {
        long old = Math.min(floor, newest - 1);
        if (old - forgottenUpTo > KEPT) {
            queries.forgetUpTo(old);
            forgottenUpTo = old;
        }
    }
}
