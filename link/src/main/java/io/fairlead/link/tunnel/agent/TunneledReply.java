package io.fairlead.link.tunnel.agent;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.grpc.Status;

/** The answer to one request. After {@link #end} or {@link #fail} calls do nothing and release what they were given. */
public interface TunneledReply {
    /** Asks for the next {@code count} messages of the request. */
    void request(int count);

    /** Sends one gRPC message of the answer; takes ownership of its payload. */
    void send(OutgoingMessage message);

    /** Whether what was sent has not piled up; when false, wait for {@link TunneledRequest#onReady}. */
    boolean ready();

    /** The answer is complete. */
    void end();

    /** The request failed. The description is shown to the person who asked. */
    void fail(Status status);
}
