package io.fairlead.wire.grpc;

/** Tells a long stream that it is time to end, because its connection is old or kas stops. Tests tell it themselves. */
@FunctionalInterface
public interface StreamEnd {
    /** No stream is ever told. */
    StreamEnd NEVER = told -> () -> {};

    /** When the connection that carries the call is old or drained; needs {@link ConnectionLife#interceptor}. */
    static StreamEnd ofConnection() {
        return told -> ConnectionLife.current().onStreamsShouldEnd(told);
    }

    /**
     * Has {@code told} run once when the stream of the call whose context is current should end; at once if that is now.
     * It must not block.
     */
    ConnectionLife.Registration onStreamsShouldEnd(Runnable told);
}
