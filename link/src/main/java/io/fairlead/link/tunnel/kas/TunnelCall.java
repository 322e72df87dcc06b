package io.fairlead.link.tunnel.kas;

import io.fairlead.link.tunnel.OutgoingMessage;
import java.util.Set;

/**
 * A tunnel stream that was chosen for one request. Methods may be called from any one thread at a time; after the end they
 * do nothing and release what they were given.
 */
public interface TunnelCall {
    /**
     * Sends the request's method to the agent; {@code listener} hears of everything that follows.
     *
     * @param requestInfo a serialized ConnectResponse with its RequestInfo
     * @return false when the stream ended before anything was sent: another one may be tried
     */
    boolean open(byte[] requestInfo, TunnelListener listener);

    /** Gives the stream back unused: its request's caller has gone. */
    void giveBack();

    /** Sends one gRPC message of the request; takes ownership of its payload. */
    void send(OutgoingMessage message);

    /** Says that the request has no more messages. */
    void halfClose();

    /** Whether what was sent has not piled up; when false, wait for {@link TunnelListener#onReady}. */
    boolean ready();

    /** Asks for the next {@code count} messages of the answer. */
    void request(int count);

    /** Gives the request up; the agent is told at once. */
    void cancel(String why);

    /** Whether the agent announced {@code service}/{@code method}. */
    boolean announces(String service, String method);

    /** All that the agent announced, each as {@code service/method}. */
    Set<String> announced();
}
