package io.fairlead.apps.agentk;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.metrics.Readiness;
import io.fairlead.wire.grpc.KasAddress;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether kas is connected: says so in the log, and makes the agent ready at the first connection. Later losses
 * leave it ready, since a restart would not bring kas back.
 */
final class KasConnection implements Stage {
    private static final Logger log = LoggerFactory.getLogger(KasConnection.class);

    private final ManagedChannel channel;
    private final KasAddress address;
    private final Readiness readiness;
    private final Runnable onFirst;
    private boolean connected;
    private boolean known;
    private volatile boolean closed;

    KasConnection(ManagedChannel channel, KasAddress address, Readiness readiness, Runnable onFirst) {
        this.channel = channel;
        this.address = address;
        this.readiness = readiness;
        this.onFirst = onFirst;
    }

    @Override
    public void start() {
        look();
    }

    @Override
    public void close() {
        closed = true;
    }

    private synchronized void look() {
        ConnectivityState state = channel.getState(true);
        if (state == ConnectivityState.SHUTDOWN || closed) {
            return;
        }
        boolean now = state == ConnectivityState.READY;
        if (now && !connected) {
            log.info("connected to kas at {}", address);
        } else if (!now && connected) {
            log.warn("the connection to kas at {} ended; connecting again", address);
        }
        connected = now;
        channel.notifyWhenStateChanged(state, this::look);
        if (now && !known) {
            known = true;
            readiness.ready("connection to kas");
            // On a thread of its own: here gRPC holds its lock, and would take an exception for its own failure.
            Thread.ofVirtual().name("ready").start(onFirst);
        }
    }
}
