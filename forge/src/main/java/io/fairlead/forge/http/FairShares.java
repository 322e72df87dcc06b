package io.fairlead.forge.http;

import java.util.HashMap;
import java.util.Map;

/**
 * Something scarce of which each client may hold a part: with what it is given it may hold half of what was still
 * free before. So each that comes is left less than the one before and nobody takes the last of it; to hold all takes many clients.
 * Never waits. Safe for concurrent use.
 */
final class FairShares {
    private final long eachMin;
    private final long eachMax;
    private long free;
    /** Of each client that holds something. */
    private final Map<String, Long> held = new HashMap<>();

    /**
     * @param all how much there is
     * @param eachMin what a client is given as long as there is any, however much others hold
     * @param eachMax what no client has more of
     */
    FairShares(long all, long eachMin, long eachMax) {
        this.free = all;
        this.eachMin = eachMin;
        this.eachMax = eachMax;
    }

    /** Whether {@code client} was given {@code count} more. */
    synchronized boolean take(String client, long count) {
        long has = held.getOrDefault(client, 0L) + count;
        boolean fair = has <= eachMin || has <= free / 2;
        if (count > free || has > eachMax || !fair) {
            return false;
        }
        free -= count;
        held.put(client, has);
        return true;
    }

    /** The same for someone whose share is not bounded: all that is free. */
    synchronized boolean takeUnbounded(long count) {
        if (count > free) {
            return false;
        }
        free -= count;
        return true;
    }

    synchronized void giveBack(String client, long count) {
        free += count;
        held.computeIfPresent(client, (_, had) -> had == count ? null : had - count);
    }

    synchronized void giveBackUnbounded(long count) {
        free += count;
    }
}
