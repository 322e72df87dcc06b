package io.fairlead.link.configuration.kas;

/**
 * Tells a long stream that it is time to end, because its connection is old or kas stops. The wiring adapts what carries
 * the connection.
 */
@FunctionalInterface
public interface StreamEnd {
    /** No stream is ever told. */
    StreamEnd NEVER = told -> () -> {};

    /** Takes the wish back. */
    @FunctionalInterface
    interface Wish {
        void cancel();
    }

    /**
     * Has {@code told} run once when the stream of the call whose context is current should end; at once if that is now.
     * It must not block.
     */
    Wish onStreamsShouldEnd(Runnable told);
}
