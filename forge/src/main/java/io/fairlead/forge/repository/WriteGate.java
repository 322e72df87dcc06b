package io.fairlead.forge.repository;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets many write to a repository at once, or one who must be alone with it: between the moment in which a push finds objects
 * there and the moment in which its references lead to them nobody may delete objects.
 */
final class WriteGate {
    private static final int DOORS = 256;

    /** Several repositories share a door, so that their number is bounded. Fair, so that who must be alone gets a turn. */
    private final ReadWriteLock[] doors = new ReadWriteLock[DOORS];

    WriteGate() {
        for (int i = 0; i < DOORS; i++) {
            doors[i] = new ReentrantReadWriteLock(true);
        }
    }

    /** Waits while somebody is alone with the repository. */
    Repositories.Turn shared(long projectId) {
        Lock lock = door(projectId).readLock();
        lock.lock();
        return lock::unlock;
    }

    /** Waits for those who write, and holds up new ones meanwhile, {@code waitMax} at most; nothing when they did not end. */
    Optional<Repositories.Turn> alone(long projectId, Duration waitMax) throws InterruptedException {
        Lock lock = door(projectId).writeLock();
        return lock.tryLock(waitMax.toMillis(), TimeUnit.MILLISECONDS) ? Optional.of(lock::unlock) : Optional.empty();
    }

    private ReadWriteLock door(long projectId) {
        return doors[(int) Math.floorMod(projectId, (long) DOORS)];
    }
}
