package io.fairlead.forge.agent;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What concerns one project goes one after the other, and waits behind no other project's. */
final class ProjectTurns {
    private final ConcurrentHashMap<Long, Turn> turns = new ConcurrentHashMap<>();

    /** @param takers who have it or wait for it; changed only inside the map, so the last one leaves nothing behind */
    private record Turn(Lock lock, int takers) {
        Turn withOneMore() {
            return new Turn(lock, takers + 1);
        }

        @Nullable Turn withOneLess() {
            return takers == 1 ? null : new Turn(lock, takers - 1);
        }
    }

    <T> T inTurn(long projectId, Supplier<T> work) {
        Lock lock = turns.compute(
                        projectId, (id, turn) -> turn == null ? new Turn(new ReentrantLock(), 1) : turn.withOneMore())
                .lock;
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
            turns.computeIfPresent(projectId, (id, turn) -> turn.withOneLess());
        }
    }

    /** Projects that somebody is at. */
    int taken() {
        return turns.size();
    }
}
