package io.fairlead.link.tunnel.kas;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.AgentDescriptor;
import io.fairlead.link.tunnel.rpc.AgentFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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
 * guards the state, and is not held while the registry or the request's listener is called.
 */
final class ServerTunnel extends ServerCall.Listener<AgentFrame> implements TunnelCall {
    private enum State {
        OPENING,
        READY,
        TAKEN,
        RUNNING,
        ENDED
    }

    private static final Status GONE = Status.UNAVAILABLE.withDescription("the connection to the agent was lost");
    private static final OutgoingFrame CLOSE_SEND = new OutgoingFrame.Ready(new byte[] {0x1a, 0});

    private final ServerCall<AgentFrame, OutgoingFrame> call;
    private final TunnelRegistry registry;
    private StreamOrder.Position position = TunnelCodec.AGENT_ORDER.start();
    private State state = State.OPENING;
    private boolean registered;
    private long agentId;
    private volatile Set<String> methods = Set.of();
    private @Nullable AgentDescriptor descriptor;
    private boolean authenticated;
    private @Nullable TunnelListener listener;
    private Status answer = Status.UNAVAILABLE.withDescription("the agent ended the request without an answer");
    private Runnable whenEnded = () -> {};

    ServerTunnel(ServerCall<AgentFrame, OutgoingFrame> call, TunnelRegistry registry) {
        this.call = call;
        this.registry = registry;
    }

    /** Runs {@code task} once when the stream has ended. Set before the first message is asked for. */
    void whenEnded(Runnable task) {
        whenEnded = task;
    }

    /** The token was accepted. */
    void authenticated(long id) {
        boolean ready;
        synchronized (this) {
            if (state != State.OPENING) {
                return;
            }
            agentId = id;
            authenticated = true;
            registered = true;
            ready = becomeReady();
        }
        registry.opened(id);
        if (ready) {
            registry.ready(id, this);
        }
    }

    synchronized boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Ends a stream that never became usable, or an idle one, with a status of ours. */
    void refuse(Status status) {
        if (end()) {
            close(status);
        }
    }

    /** The connection is old or kas drains: an idle stream ends without an error, a used one runs on. */
    void endIfIdle() {
        boolean opening;
        synchronized (this) {
            opening = state == State.OPENING;
            if (!opening && state != State.READY) {
                return;
            }
        }
        if (opening || registry.withdraw(agentId, this)) {
            refuse(Status.OK);
        }
    }

    private boolean becomeReady() {
        if (state != State.OPENING || !authenticated || descriptor == null) {
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
    public void onMessage(AgentFrame frame) {
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            if (frame instanceof AgentFrame.Body(var message)) {
                message.release();
            }
            fail(frame instanceof AgentFrame.Malformed(Status status) ? status : e.getStatus());
            return;
        }
        switch (frame) {
            case AgentFrame.Describe(AgentDescriptor described) -> {
                boolean ready;
                synchronized (this) {
                    descriptor = described;
                    ready = becomeReady();
                }
                if (ready) {
                    registry.ready(agentId, this);
                }
            }
            case AgentFrame.Head head -> call.request(1);
            case AgentFrame.Body(var message) -> {
                TunnelListener current = running();
                if (current == null) {
                    message.release();
                } else {
                    current.onMessage(message);
                }
            }
            case AgentFrame.Trail trail -> {
                answer = Status.OK;
                call.request(1);
            }
            case AgentFrame.Failed(Status status) -> answer = status;
            case AgentFrame.Malformed(Status status) -> fail(status);
        }
    }

    private synchronized @Nullable TunnelListener running() {
        return state == State.RUNNING ? listener : null;
    }

    @Override
    public void onHalfClose() {
        TunnelListener told = null;
        synchronized (this) {
            if (state == State.RUNNING) {
                told = listener;
            }
        }
        if (told == null) {
            registry.withdraw(agentId, this);
        }
        if (end()) {
            close(Status.OK);
            if (told != null) {
                told.onEnd(answer);
            }
        }
    }

    @Override
    public void onCancel() {
        fail(GONE, false);
    }

    @Override
    public void onReady() {
        TunnelListener current = running();
        if (current != null) {
            current.onReady();
        }
    }

    private void fail(Status status) {
        fail(status, true);
    }

    private void fail(Status status, boolean tellAgent) {
        TunnelListener told = running();
        if (end()) {
            if (tellAgent) {
                close(status);
            }
            if (told != null) {
                told.onEnd(status);
            }
        }
    }

    private synchronized void close(Status status) {
        call.close(status, new Metadata());
    }

    /** Moves to the end; false when it was there already. */
    private boolean end() {
        boolean known;
        synchronized (this) {
            if (state == State.ENDED) {
                return false;
            }
            state = State.ENDED;
            known = registered;
        }
        if (known) {
            registry.ended(agentId, this);
        }
        whenEnded.run();
        return true;
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
            call.sendHeaders(new Metadata());
            call.sendMessage(new OutgoingFrame.Ready(requestInfo));
            return true;
        }
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
            registry.ready(agentId, this);
        }
    }

    @Override
    public void send(OutgoingMessage message) {
        // Under the monitor: the connection's loop may be closing the call at this moment.
        synchronized (this) {
            if (state == State.RUNNING) {
                call.sendMessage(new OutgoingFrame.Wrapped(message));
                return;
            }
        }
        message.release();
    }

    @Override
    public synchronized void halfClose() {
        if (state == State.RUNNING) {
            call.sendMessage(CLOSE_SEND);
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
        if (end()) {
            close(Status.CANCELLED.withDescription(why));
        }
    }
}
