package io.fairlead.apps.agentk;

import io.fairlead.base.metrics.Readiness;
import io.fairlead.wire.grpc.ConnectionListener;
import io.fairlead.wire.grpc.KasAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log whether kas is connected, and makes the agent ready at the first connection. Later losses leave it ready,
 * since a restart would not bring kas back.
 */
final class KasConnection implements ConnectionListener {
    private static final Logger log = LoggerFactory.getLogger(KasConnection.class);

    private final KasAddress address;
    private final Readiness readiness;

    KasConnection(KasAddress address, Readiness readiness) {
        this.address = address;
        this.readiness = readiness;
    }

    @Override
    public void connected() {
        log.info("connected to kas at {}", address);
        readiness.ready("connection to kas");
    }

    @Override
    public void lost() {
        log.warn("the connection to kas at {} ended; connecting again", address);
    }
}
