package io.fairlead.wire.grpc;

import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Scheduler;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a channel connected. gRPC tries again by itself, but its pauses grow to two minutes, and a cluster must be served
 * again within seconds of kas's return; so while there is no connection the pauses begin anew every few seconds.
 *
 * <p>States: <b>new</b> → start → <b>trying</b> (a timer runs) ⇄ <b>connected</b> (none does) → the channel is shut down or
 * close → <b>over</b>. gRPC tells of changes in its own order, the timer comes from the scheduler's thread; the monitor
 * guards the state and the listener is told under it, so that it hears things in their order.
 */
final class Reconnecting {
    /** gRPC's own pauses between these are 1 s, 1.6 s and 2.6 s: that is the longest for which kas's return is missed. */
    static final Backoff ANEW =
            new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(5), 1, 0.2, Duration.ofSeconds(5));

    private final ManagedChannel channel;
    private final ConnectionListener listener;
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private Scheduler.@Nullable Scheduled timer;
    private boolean connected;
    private boolean closed;

    Reconnecting(ManagedChannel channel, ConnectionListener listener, Scheduler scheduler, RandomGenerator random) {
        this.channel = channel;
        this.listener = listener;
        this.scheduler = scheduler;
        this.random = random;
    }

    void start() {
        look();
    }

    private synchronized void look() {
        ConnectivityState state = channel.getState(true);
        if (closed || state == ConnectivityState.SHUTDOWN) {
            close();
            return;
        }
        boolean now = state == ConnectivityState.READY;
        if (now != connected) {
            connected = now;
            if (now) {
                listener.connected();
            } else {
                listener.lost();
            }
        }
        if (now) {
            stopTimer();
        } else if (timer == null) {
            timer = scheduler.schedule(ANEW.afterFailures(1, random), this::beginAnew);
        }
        channel.notifyWhenStateChanged(state, this::look);
    }

    private void beginAnew() {
        synchronized (this) {
            if (closed || connected) {
                return;
            }
            timer = scheduler.schedule(ANEW.afterFailures(1, random), this::beginAnew);
        }
        // Where a try is under way it is left alone.
        channel.resetConnectBackoff();
    }

    synchronized void close() {
        closed = true;
        stopTimer();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
