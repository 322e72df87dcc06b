package io.fairlead.link.routing.kas;

import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.kas.TunnelCall;
import io.fairlead.link.tunnel.kas.TunnelListener;
import io.fairlead.link.tunnel.rpc.GatewayCodec;
import io.fairlead.link.tunnel.rpc.GatewayFrame;
import io.fairlead.link.tunnel.rpc.TunnelFrame;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call to another kas for a tunnel of its: first a question, then, if that kas has one, the tunnel.
 *
 * <p>States: <b>asking</b> → the other reserves a tunnel → <b>found</b> → open → <b>running</b> → <b>ended</b>. From asking
 * and found it ends by our cancel, which gives the tunnel back there, or because the other kas says no or is lost.
 *
 * <p>gRPC calls the listener on the other kas's connection's event loop; the request's side may call from another. The
 * monitor guards the state and what is sent, and is not held while the search or the request's listener is called.
 */
final class RemoteTunnel extends ClientCall.Listener<GatewayFrame> implements TunnelCall {
    private enum State {
        ASKING,
        FOUND,
        RUNNING,
        ENDED
    }

    /** Who asks; told at most one of found and refused, and never after {@link #cancel}. */
    interface Search {
        void found(RemoteTunnel tunnel);

        /** It has none free now, and says so when it has. */
        void noneYet(RemoteTunnel tunnel);

        /** It will not have one. */
        void refused(RemoteTunnel tunnel, Status why);
    }

    private static final int READY_BELOW_BYTES = 256 * 1024;

    private final KasPlace place;
    private final ClientCall<OutgoingMessage, GatewayFrame> call;
    private final Search search;
    private StreamOrder.Position position = GatewayCodec.ORDER.start();
    private State state = State.ASKING;
    private boolean started;
    private Set<String> announced = Set.of();
    private @Nullable TunnelListener listener;
    private Status answer = Status.UNAVAILABLE.withDescription("the other kas ended the request without an answer");

    RemoteTunnel(KasPlace place, ClientCall<OutgoingMessage, GatewayFrame> call, Search search) {
        this.place = place;
        this.call = call;
        this.search = search;
    }

    static int readyBelowBytes() {
        return READY_BELOW_BYTES;
    }

    KasPlace place() {
        return place;
    }

    /** Asks. */
    void start(long agentId) {
        synchronized (this) {
            if (state == State.ENDED) {
                // Cancelled before it began.
                return;
            }
            started = true;
            call.start(this, RoutingMetadata.of(agentId));
        }
        call.request(1);
    }

    // The other kas speaks.

    @Override
    public void onMessage(GatewayFrame frame) {
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            TunnelFrame.release(frame);
            fail(frame instanceof TunnelFrame.Malformed(Status status) ? status : e.getStatus());
            return;
        }
        switch (frame) {
            case GatewayFrame.NoneYet none -> {
                search.noneYet(this);
                call.request(1);
            }
            case GatewayFrame.Found(Set<String> methods) -> {
                synchronized (this) {
                    if (state != State.ASKING) {
                        return;
                    }
                    state = State.FOUND;
                    announced = methods;
                }
                search.found(this);
            }
            case GatewayFrame.Head head -> call.request(1);
            case TunnelFrame.Body(int field, var message) -> {
                TunnelListener told = running();
                if (told == null) {
                    message.release();
                } else {
                    told.onMessage(message);
                }
            }
            case GatewayFrame.Trail trail -> {
                answer = Status.OK;
                call.request(1);
            }
            case GatewayFrame.Failed(Status status) -> {
                answer = status;
                call.request(1);
            }
            case TunnelFrame.Malformed(Status status) -> fail(status);
        }
    }

    private synchronized @Nullable TunnelListener running() {
        return state == State.RUNNING ? listener : null;
    }

    private void fail(Status status) {
        String why = "kas " + place.url() + " broke the protocol: " + status.getDescription();
        call.cancel(why, null);
        end(Status.UNAVAILABLE.withDescription(why));
    }

    @Override
    public void onReady() {
        TunnelListener told = running();
        if (told != null) {
            told.onReady();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (status.isOk()) {
            end(answer);
        } else {
            // Whose words they are decides what they mean: an agent's are in the error message, these are of the line.
            end(Status.UNAVAILABLE.withDescription("the connection to the kas that has the agent was lost: "
                    + status.getCode() + (status.getDescription() == null ? "" : " " + status.getDescription())));
        }
    }

    private void end(Status status) {
        State before;
        TunnelListener told;
        synchronized (this) {
            before = state;
            told = listener;
            state = State.ENDED;
        }
        switch (before) {
            case ASKING -> search.refused(this, status);
            case FOUND, ENDED -> {}
            case RUNNING -> {
                if (told != null) {
                    told.onEnd(status);
                }
            }
        }
    }

    // What the request's side does.

    @Override
    public boolean open(byte[] requestInfo, TunnelListener to) {
        synchronized (this) {
            if (state != State.FOUND) {
                return false;
            }
            state = State.RUNNING;
            listener = to;
            call.sendMessage(GatewayCodec.empty());
        }
        return true;
    }

    @Override
    public void giveBack() {
        cancel("the request that waited has gone");
    }

    @Override
    public void send(OutgoingMessage message) {
        synchronized (this) {
            if (state == State.RUNNING) {
                call.sendMessage(message);
                return;
            }
        }
        message.release();
    }

    @Override
    public void halfClose() {
        synchronized (this) {
            if (state == State.RUNNING) {
                call.halfClose();
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

    /** Ends it in any state; whoever asked or listened is not told. */
    @Override
    public void cancel(String why) {
        synchronized (this) {
            if (state == State.ENDED) {
                return;
            }
            state = State.ENDED;
            if (!started) {
                return;
            }
        }
        call.cancel(why, null);
    }

    @Override
    public boolean announces(String service, String method) {
        return announced.contains(service + "/" + method);
    }

    @Override
    public Set<String> announced() {
        return announced;
    }
}
