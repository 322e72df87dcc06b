package io.fairlead.link.tunnel.kas;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;

/** Told what the agent answers, on the tunnel connection's event loop. {@link #onEnd} comes exactly once, last. */
public interface TunnelListener {
    /** One gRPC message of the answer, owned by the listener. */
    void onMessage(ByteBuf message);

    /** {@link TunnelCall#ready} has become true. */
    void onReady();

    /** The agent has answered whole (OK), or it failed, or it is gone. */
    void onEnd(Status status);
}
