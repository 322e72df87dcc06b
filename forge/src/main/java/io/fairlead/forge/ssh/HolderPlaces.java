package io.fairlead.forge.ssh;

import java.util.HashMap;
import java.util.Map;

/**
 * The places for connections that have signed in; each holder of keys has a share. Not safe for concurrent use.
 *
 * @param <C> a connection
 */
final class HolderPlaces<C> {
    private final int max;
    private final int eachMax;
    private final Map<C, String> holders = new HashMap<>();

    HolderPlaces(int max, int eachMax) {
        this.max = max;
        this.eachMax = eachMax;
    }

    /** Whether there was a place for one more connection of {@code holder}. */
    boolean enter(C connection, String holder) {
        long has = holders.values().stream().filter(holder::equals).count();
        if (holders.size() >= max || has >= eachMax) {
            return false;
        }
        holders.put(connection, holder);
        return true;
    }

    void leave(C connection) {
        holders.remove(connection);
    }
}
