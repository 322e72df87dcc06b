package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.SocketAddress;
import java.util.concurrent.Executor;

/**
 * One request being served and its answer.
 *
 * <p>Order: {@link #respond} once, {@link #write} any number of times, {@link #end}; or {@link #upgrade} once, then
 * {@link #write} in both directions until {@link #end}; or {@link #abort} at any time. Calls after the end are ignored and
 * release what they were given, because a client may leave at any moment. All methods are for the connection's event loop.
 */
public interface HttpExchange {
    RequestHead request();

    /** Runs tasks on this connection's event loop. */
    Executor loop();

    boolean inLoop();

    ByteBufAllocator allocator();

    /** From where the request comes: behind trusted proxies what they say, without a port; else the connection's other end. */
    SocketAddress client();

    /** Whether the client speaks HTTP/1.1, without which nothing can be upgraded or chunked. */
    boolean http11();

    /** Asks for the next bytes of the body: one {@link ExchangeListener#onData} or {@link ExchangeListener#onDataEnd}. */
    void demand();

    /**
     * Begins the answer. Without a Content-Length the body is chunked; an answer whose Content-Length cannot be read or is
     * said twice is aborted. After a request to upgrade, or one whose body the client still holds back, the connection
     * closes with this answer.
     */
    void respond(ResponseHead head);

    /** Sends 101 and turns the connection into bytes both ways. */
    void upgrade(ResponseHead head);

    /** Sends a piece of the body, or of the upgraded stream; takes ownership of {@code data}. */
    void write(ByteBuf data);

    /** Whether what was written has not piled up; when false, wait for {@link ExchangeListener#onWritable}. */
    boolean writable();

    /** Ends the answer. An answer shorter than its Content-Length is aborted instead, so that it never looks whole. */
    void end();

    /** Closes the connection so that the client sees a broken answer, never a short one that looks complete. */
    void abort();
}
