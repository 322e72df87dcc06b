package io.fairlead.link.routing.kas;

import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelListener;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.link.tunnel.rpc.GatewayCodec;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One tunnel of this kas lent to another, from its question to the end of the answer.
 *
 * <p>States: <b>waiting</b> (none is free; the other has been told) → <b>reserved</b> (it has been told so) → its
 * StartStreaming → <b>running</b> → <b>over</b>. The other leaves: waiting and reserved give back what they hold, running
 * tells the agent. Bytes pass as they are, and as fast as the slower side takes them.
 *
 * <p>The other's connection and the tunnel's have an event loop each. The monitor guards the state; what is sent to the
 * other has a lock of its own, taken last, for gRPC's sending side belongs to one thread at a time.
 */
final class GatewayCall extends ServerCall.Listener<ByteBuf> implements TunnelWaiter {
    private enum State {
        WAITING,
        RESERVED,
        RUNNING,
        OVER
    }

    private static final byte[] NO_FRAMING = {};

    private final ServerCall<ByteBuf, OutgoingFrame> call;
    private final byte[] requestInfo;
    private final Object sending = new Object();
    private boolean closed;
    private State state = State.WAITING;
    private @Nullable TunnelCall tunnel;
    private Tunnels.@Nullable Waiting waiting;
    /** The tunnel has not been asked for the next message, because the other kas is behind. */
    private boolean answerHeld;
    /** The other kas has not been asked for the next message, because the tunnel is behind. */
    private boolean requestHeld;

    GatewayCall(ServerCall<ByteBuf, OutgoingFrame> call, byte[] requestInfo) {
        this.call = call;
        this.requestInfo = requestInfo;
    }

    void begin(Function<TunnelWaiter, Tunnels.Waiting> acquire) {
        synchronized (sending) {
            call.sendHeaders(new Metadata());
        }
        Tunnels.Waiting asked = acquire.apply(this);
        boolean left;
        synchronized (this) {
            waiting = asked;
            left = state == State.OVER;
            // Under the monitor, so that it cannot come after the tunnel.
            if (state == State.WAITING) {
                send(GatewayCodec.NONE_YET);
            }
        }
        if (left) {
            asked.cancel();
        }
        call.request(1);
    }

    // The registry answers.

    @Override
    public void onTunnel(TunnelCall found) {
        synchronized (this) {
            if (state == State.WAITING) {
                state = State.RESERVED;
                tunnel = found;
                send(GatewayCodec.found(found.announced()));
                return;
            }
        }
        found.giveBack();
    }

    @Override
    public void onNoTunnel(NoTunnel reason) {
        String why = switch (reason) {
            case NoTunnel.NotConnected gone -> "the agent is not connected here";
            case NoTunnel.AllBusy busy -> "the agent's streams here are all in use";
            case NoTunnel.NotReached elsewhere -> "the agent is not connected here";
            case NoTunnel.TooManyWaiting many -> "too many requests wait for the agent here";
            case NoTunnel.ShuttingDown stopping -> "kas is shutting down";
        };
        synchronized (this) {
            if (state != State.WAITING) {
                return;
            }
            state = State.OVER;
        }
        close(Status.UNAVAILABLE.withDescription(why));
    }

    // The other kas speaks.

    @Override
    public void onMessage(ByteBuf message) {
        TunnelCall to;
        boolean first;
        boolean early;
        synchronized (this) {
            to = tunnel;
            first = state == State.RESERVED;
            early = state == State.WAITING;
            if (first) {
                state = State.RUNNING;
            } else if (early) {
                state = State.OVER;
            }
        }
        if (early || to == null) {
            message.release();
            leave("");
            close(Status.INVALID_ARGUMENT.withDescription("a message came before the tunnel was ready"));
        } else if (first) {
            message.release();
            begin(to);
        } else {
            to.send(new OutgoingMessage(NO_FRAMING, message));
            askOther(to);
        }
    }

    private void begin(TunnelCall to) {
        send(GatewayCodec.HEAD);
        if (!to.open(requestInfo, new Answer(to))) {
            ended(Status.UNAVAILABLE.withDescription("the agent's stream ended as the request came; try again"));
            return;
        }
        to.request(1);
        askOther(to);
    }

    private void askOther(TunnelCall to) {
        synchronized (this) {
            requestHeld = !to.ready();
            if (requestHeld) {
                return;
            }
        }
        call.request(1);
    }

    @Override
    public void onHalfClose() {
        TunnelCall to;
        boolean running;
        synchronized (this) {
            to = tunnel;
            running = state == State.RUNNING;
        }
        if (running && to != null) {
            to.halfClose();
        } else {
            leave("the other kas asked for nothing");
            close(Status.OK);
        }
    }

    @Override
    public void onCancel() {
        synchronized (sending) {
            closed = true;
        }
        leave("the kas that asked has ended the request");
    }

    /** The other has gone: what it holds is given back, or told. */
    private void leave(String why) {
        State before;
        synchronized (this) {
            before = state;
            state = State.OVER;
        }
        if (waiting != null) {
            waiting.cancel();
        }
        if (tunnel != null) {
            if (before == State.RESERVED) {
                tunnel.giveBack();
            } else if (before == State.RUNNING) {
                tunnel.cancel(why);
            }
        }
    }

    /** The other kas takes more. */
    @Override
    public void onReady() {
        TunnelCall from;
        synchronized (this) {
            if (!answerHeld || state != State.RUNNING) {
                return;
            }
            answerHeld = false;
            from = tunnel;
        }
        if (from != null) {
            from.request(1);
        }
    }

    /** What the agent says, on the tunnel's event loop. */
    private final class Answer implements TunnelListener {
        private final TunnelCall from;

        Answer(TunnelCall from) {
            this.from = from;
        }

        @Override
        public void onMessage(ByteBuf message) {
            send(new OutgoingFrame.Wrapped(new OutgoingMessage(NO_FRAMING, message)));
            synchronized (GatewayCall.this) {
                // Looked at under the monitor: gRPC's word that there is room again comes after it.
                answerHeld = !call.isReady();
                if (answerHeld) {
                    return;
                }
            }
            from.request(1);
        }

        @Override
        public void onReady() {
            synchronized (GatewayCall.this) {
                if (!requestHeld || state != State.RUNNING) {
                    return;
                }
                requestHeld = false;
            }
            call.request(1);
        }

        @Override
        public void onEnd(Status status) {
            ended(status);
        }
    }

    private void ended(Status status) {
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = State.OVER;
        }
        send(GatewayCodec.TRAIL);
        if (!status.isOk()) {
            send(GatewayCodec.failed(status));
        }
        close(Status.OK);
    }

    private void send(OutgoingFrame frame) {
        synchronized (sending) {
            if (!closed) {
                call.sendMessage(frame);
                return;
            }
        }
        if (frame instanceof OutgoingFrame.Wrapped(OutgoingMessage message)) {
            message.release();
        }
    }

    private void close(Status status) {
        synchronized (sending) {
            if (!closed) {
                closed = true;
                call.close(status, new Metadata());
            }
        }
    }
}
