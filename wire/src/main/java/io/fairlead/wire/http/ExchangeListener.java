package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;

/** Told what a client does during one exchange. All calls come on the connection's event loop. */
public interface ExchangeListener {
    /**
     * Bytes of the body. One piece comes for each {@link HttpExchange#demand}; on an upgraded connection one demand brings
     * all that one read held, possibly in several pieces. The listener owns {@code data}.
     */
    void onData(ByteBuf data);

    /** All that one read from the socket brought has been handed over: the moment to send on what was gathered. */
    void onTurn();

    /** The request's body, or after an upgrade the client's direction, has ended cleanly. */
    void onDataEnd();

    /**
     * The rest of the body will not come: the client stopped sending it, or sent what is no body. The listener answers
     * with {@code status} and {@code text}, a sentence without secrets, or aborts when its answer has begun.
     */
    void onBodyRefused(int status, String text);

    /** {@link HttpExchange#writable} has become true. */
    void onWritable();

    /** The client left before the exchange had ended; nothing more can be written. */
    void onGone(Throwable cause);
}
