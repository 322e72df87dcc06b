package io.fairlead.wire.http;

import io.netty.util.concurrent.Ticker;

/**
 * Whether a client keeps up with what it owes: the next head, the rest of a body, the reading of its answer. {@link
 * ServerConnection} notes what happens, which costs an addition or less, and asks at each of its looks, every few seconds.
 */
final class ClientPace {
    /** Whoever takes less than this between two looks stands still; a reader of 1 KiB/s takes more. */
    private static final int TAKEN_BYTES_MIN = 4 * 1024;

    private final long headNanosMax;
    private final long idleNanosMax;
    private final long bodyNanosMax;
    private final Ticker ticker;
    private long quietSinceNanos;
    private boolean bodyMoved = true;
    private long bodyMovedNanos;
    private long written;
    private long unsent;

    ClientPace(HttpLimits limits, Ticker ticker) {
        this.ticker = ticker;
        quietSinceNanos = ticker.nanoTime();
        headNanosMax = limits.headTimeout().toNanos();
        idleNanosMax = limits.idleTimeout().toNanos();
        bodyNanosMax = limits.bodyTimeout().toNanos();
    }

    /** It is the client's turn from now on. */
    void turnOfClient() {
        quietSinceNanos = ticker.nanoTime();
    }

    /** A part of the body came, or none is waited for. */
    void bodyMoved() {
        bodyMoved = true;
    }

    void wrote(int bytes) {
        written += bytes;
    }

    /**
     * Whether the next request has been waited for too long.
     *
     * @param kept the connection has served before, so it may be idle
     * @param headBegunNanos when the next head began; 0 when it has not
     */
    boolean headLate(boolean kept, long headBegunNanos) {
        long now = ticker.nanoTime();
        long quiet = now - quietSinceNanos;
        // Part of the next head may have come while the last request was still being answered; that time is not the
        // client's.
        long coming = headBegunNanos == 0 ? 0 : Math.min(quiet, now - headBegunNanos);
        return quiet > (kept ? idleNanosMax : headNanosMax) || (kept && coming > headNanosMax);
    }

    /** Whether the body that is waited for has brought nothing for too long. */
    boolean bodyLate() {
        long now = ticker.nanoTime();
        if (bodyMoved) {
            bodyMoved = false;
            bodyMovedNanos = now;
        }
        return now - bodyMovedNanos > bodyNanosMax;
    }

    /** Whether the client has taken next to nothing since the last look, of the {@code unsentNow} bytes and more. */
    boolean standsStill(long unsentNow) {
        long taken = unsent + written - unsentNow;
        boolean stands = unsent > 0 && unsentNow > 0 && taken < TAKEN_BYTES_MIN;
        unsent = unsentNow;
        written = 0;
        return stands;
    }
}
