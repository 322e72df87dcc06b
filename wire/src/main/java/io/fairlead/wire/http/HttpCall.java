package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;

/** A request being sent and its answer being read. All methods are for the call's event loop. */
public interface HttpCall {
    /** Sends a piece of the body, or of the upgraded stream; takes ownership of {@code data}. */
    void write(ByteBuf data);

    /** Whether what was written has not piled up; when false, wait for {@link ResponseListener#onWritable}. */
    boolean writable();

    /** Ends the request's body; after an upgrade ends our direction and leaves the server's open. */
    void endRequest();

    /** Asks for the next bytes of the answer. */
    void demand();

    /** Gives the call up: its connection is closed and the listener hears nothing more. */
    void cancel();
}
