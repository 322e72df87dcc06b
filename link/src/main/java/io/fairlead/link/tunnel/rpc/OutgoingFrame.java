package io.fairlead.link.tunnel.rpc;

import io.fairlead.link.tunnel.OutgoingMessage;

/**
 * A frame about to be sent, by either side: bytes that are ready, or a gRPC message to be wrapped.
 */
public sealed interface OutgoingFrame {
    /** Serialized already; rare or constant. */
    record Ready(byte[] bytes) implements OutgoingFrame {}

    /** A gRPC message; the codec wraps it. */
    record Wrapped(OutgoingMessage message) implements OutgoingFrame {}
}
