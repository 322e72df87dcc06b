package io.fairlead.link.tunnel.kas;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.link.tunnel.rpc.TunnelFrame;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One Connect stream, from its opening to its end.
 *
 * <p>States and what moves them:
 *
 * <ul>
 *   <li><b>opening</b>: the token is being checked and the descriptor awaited; both there: ready. Any other first message,
 *       or a refused token: ended with that error.
 *   <li><b>ready</b>: in the registry; handed out: taken. The agent half-closes, its connection grows old or kas drains:
 *       ended with OK.
 *   <li><b>taken</b>: a request owns it but has sent nothing; opened: running; given back: ready.
 *   <li><b>running</b>: frames go both ways; the agent's trailer and half-close, its error, its loss, or our cancel: ended.
 *   <li><b>ended</b>: nothing more is sent or told.
 * </ul>
 *
 * <p>gRPC calls the listener methods on the connection's event loop; the request's side may call from another. The monitor
 * guards the state, and is not held while the registry or the request's listener is called. A second lock keeps what is sent
 * apart from the end of the call, for gRPC's sending side belongs to one thread at a time; it is taken last and while it is
 * held only gRPC is called, which hands on to the event loop.
 */
final class ServerTunnel extends ServerCall.Listener<AgentFrame> implements TunnelCall {
    private enum State {
        OPENING,
        READY,
        TAKEN,
        RUNNING,
        ENDED
    }

    private static final Set<State> IDLE = EnumSet.of(State.OPENING, State.READY);
    private static final Set<State> ANY = EnumSet.complementOf(EnumSet.of(State.ENDED));
    private static final Status GONE = Status.UNAVAILABLE.withDescription("the connection to the agent was lost");
    /** Each stream keeps them, and an agent may have 500; far more than any agent announces. */
    private static final int ANNOUNCED_CHARACTERS_MAX = 16 * 1024;

    private static final OutgoingFrame CLOSE_SEND = new OutgoingFrame.Ready(new byte[] {0x1a, 0});

    private final ServerCall<AgentFrame, OutgoingFrame> call;
    private final TunnelRegistry registry;
    private StreamOrder.Position position = TunnelCodec.AGENT_ORDER.start();
    private State state = State.OPENING;
    private long agentId;
    private volatile Set<String> methods = Set.of();
    private @Nullable AgentDescriptor descriptor;
    /** The registry counts this stream. */
    private boolean registered;

    private @Nullable TunnelListener listener;
    private Status answer = Status.UNAVAILABLE.withDescription("the agent ended the request without an answer");
    private Runnable whenEnded = () -> {};
    private final Object sending = new Object();
    private boolean closed;
    private volatile boolean shouldEnd;

    ServerTunnel(ServerCall<AgentFrame, OutgoingFrame> call, TunnelRegistry registry) {
        this.call = call;
        this.registry = registry;
    }

    /** Runs {@code task} once when the stream has ended. Set before the first message is asked for. */
    void whenEnded(Runnable task) {
        whenEnded = task;
    }

    /** The token was accepted. */
    void authenticated(long id, String agentName) {
        boolean known;
        boolean ready;
        // Told before it can end, so that the registry never hears of an end without a beginning.
        if (!registry.opened(id, agentName)) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("agent " + id + " has " + registry.streamsMax()
                    + " tunnel streams open, as many as one agent may have"));
            return;
        }
        synchronized (this) {
            agentId = id;
            known = state == State.OPENING;
            registered = known;
            ready = becomeReady();
        }
        if (!known) {
            registry.ended(id, this);
        } else if (ready) {
            becameReady();
        }
    }

    /** Whether it is one of these agents', or nobody knows yet whose it is. */
    synchronized boolean mayBelongTo(Set<Long> agents) {
        return state == State.OPENING || agents.contains(agentId);
    }

    private void becameReady() {
        registry.ready(agentId, this);
        if (shouldEnd) {
            // Said while this stream was on its way into the registry.
            endIfIdle();
        }
    }

    synchronized boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Ends a stream that never became usable, or an idle one, with a status of ours. */
    void refuse(Status status) {
        end(ANY, status, true, null);
    }

    /** The agent's token is good no longer: whatever the stream does ends, and both sides hear why. */
    void revoke(Status status) {
        end(ANY, status, true, status);
    }

    /** The connection is old or kas drains: an idle stream ends without an error, a used one runs on. */
    void endIfIdle() {
        shouldEnd = true;
        end(IDLE, Status.OK, true, null);
    }

    /** Before names are put together: each method is kept with its service's name. */
    private static boolean tooMuch(AgentDescriptor described) {
        long characters = 0;
        for (var service : described.getServicesList()) {
            for (var method : service.getMethodsList()) {
                characters += service.getName().length() + method.getName().length() + 1L;
            }
        }
        return characters > ANNOUNCED_CHARACTERS_MAX;
    }

    private boolean becomeReady() {
        if (state != State.OPENING || !registered || descriptor == null) {
            return false;
        }
        Set<String> names = new HashSet<>();
        descriptor
                .getServicesList()
                .forEach(service -> service.getMethodsList()
                        .forEach(method -> names.add(service.getName() + "/" + method.getName())));
        methods = Set.copyOf(names);
        descriptor = null;
        state = State.READY;
        return true;
    }

    @Override
    public boolean announces(String service, String method) {
        return methods.contains(service + "/" + method);
    }

    @Override
    public Set<String> announced() {
        return methods;
    }

    @Override
    public void onMessage(AgentFrame frame) {
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            TunnelFrame.release(frame);
            fail(frame instanceof TunnelFrame.Malformed(Status status) ? status : e.getStatus());
            return;
        }
        switch (frame) {
            case AgentFrame.Describe(AgentDescriptor described) -> {
                if (tooMuch(described)) {
                    fail(Status.INVALID_ARGUMENT.withDescription("the agent announces more than "
                            + ANNOUNCED_CHARACTERS_MAX + " characters of method names"));
                    return;
                }
                boolean ready;
                synchronized (this) {
                    descriptor = described;
                    ready = becomeReady();
                }
                if (ready) {
                    becameReady();
                }
            }
            case AgentFrame.Head head -> expect();
            case TunnelFrame.Body(int field, var message) -> {
                TunnelListener current = running();
                if (current == null) {
                    message.release();
                    outOfTurn();
                } else {
                    current.onMessage(message);
                }
            }
            case AgentFrame.Trail trail -> {
                answer = Status.OK;
                expect();
            }
            case AgentFrame.Failed(Status status) -> answer = status;
            case TunnelFrame.Malformed(Status status) -> fail(status);
        }
    }

    /** A part of the answer was read that is not for the request's side: it did not ask for it. */
    private void expect() {
        if (running() == null) {
            outOfTurn();
        } else {
            call.request(1);
        }
    }

    private void outOfTurn() {
        fail(Status.INVALID_ARGUMENT.withDescription("the agent answered before it was asked"));
    }

    private synchronized @Nullable TunnelListener running() {
        return state == State.RUNNING ? listener : null;
    }

    @Override
    public void onHalfClose() {
        // What the agent said last counts for a request; a stream without one just ends.
        end(ANY, Status.OK, true, answer);
    }

    @Override
    public void onCancel() {
        end(ANY, GONE, false, GONE);
    }

    @Override
    public void onReady() {
        TunnelListener current = running();
        if (current != null) {
            current.onReady();
        }
    }

    /** The agent broke the protocol: it hears how, and the request's side that there will be no answer. */
    private void fail(Status status) {
        end(
                ANY,
                status,
                true,
                Status.UNAVAILABLE.withDescription("the agent broke the protocol: " + status.getDescription()));
    }

    /**
     * Moves to the end, once.
     *
     * @param from the states that end so; in others nothing happens
     * @param status what the agent is told
     * @param forListener what the request's side is told, if it is to be told at all
     */
    private void end(Set<State> from, Status status, boolean tellAgent, @Nullable Status forListener) {
        TunnelListener told;
        boolean known;
        synchronized (this) {
            if (!from.contains(state)) {
                return;
            }
            told = state == State.RUNNING ? listener : null;
            state = State.ENDED;
            known = registered;
        }
        if (known) {
            registry.ended(agentId, this);
        }
        whenEnded.run();
        synchronized (sending) {
            closed = true;
            if (tellAgent) {
                call.close(status, new Metadata());
            }
        }
        if (told != null && forListener != null) {
            told.onEnd(forListener);
        }
    }

    // What the request's side does.

    /** The registry has taken this stream out for a request; false when it has ended meanwhile. */
    synchronized boolean take() {
        if (state != State.READY) {
            return false;
        }
        state = State.TAKEN;
        return true;
    }

    @Override
    public boolean open(byte[] requestInfo, TunnelListener to) {
        synchronized (this) {
            if (state != State.TAKEN) {
                return false;
            }
            state = State.RUNNING;
            listener = to;
        }
        synchronized (sending) {
            if (!closed) {
                call.sendHeaders(new Metadata());
                call.sendMessage(new OutgoingFrame.Ready(requestInfo));
            }
        }
        return true;
    }

    @Override
    public void giveBack() {
        boolean free;
        synchronized (this) {
            free = state == State.TAKEN;
            if (free) {
                state = State.READY;
            }
        }
        if (free) {
            becameReady();
        }
    }

    @Override
    public void send(OutgoingMessage message) {
        synchronized (sending) {
            if (!closed) {
                call.sendMessage(new OutgoingFrame.Wrapped(message));
                return;
            }
        }
        message.release();
    }

    @Override
    public void halfClose() {
        synchronized (sending) {
            if (!closed) {
                call.sendMessage(CLOSE_SEND);
            }
        }
    }

    @Override
    public boolean ready() {
        return call.isReady();
    }

    @Override
    public void request(int count) {
        call.request(count);
    }

    @Override
    public void cancel(String why) {
        end(ANY, Status.CANCELLED.withDescription(why), true, null);
    }
}
