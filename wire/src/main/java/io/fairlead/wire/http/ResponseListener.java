package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;

/** Told what a server answers. All calls come on the call's event loop; after {@link #onEnd} or {@link #onFailure} none. */
public interface ResponseListener {
    /** The answer has begun. Interim answers are not shown. Body bytes come as they are asked for. */
    void onHead(ResponseHead head);

    /** The server agreed to the upgrade: from now on data is bytes both ways. */
    void onUpgrade(ResponseHead head);

    /**
     * Bytes of the answer. One piece comes for each {@link HttpCall#demand}; on an upgraded connection one demand brings
     * all that one read held, possibly in several pieces. The listener owns {@code data}.
     */
    void onData(ByteBuf data);

    /** All that one read from the socket brought has been handed over: the moment to send on what was gathered. */
    void onTurn();

    /** The answer is complete; after an upgrade: the server's direction has ended. */
    void onEnd();

    /** {@link HttpCall#writable} has become true. */
    void onWritable();

    /** The answer will not be complete. The message names the origin and is safe to show. */
    void onFailure(HttpFailure failure);
}
