package io.fairlead.link.tunnel.agent;

import io.fairlead.link.prototool.Prototool;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.ConnectRequest;
import io.fairlead.link.tunnel.rpc.Error;
import io.fairlead.link.tunnel.rpc.Header;
import io.fairlead.link.tunnel.rpc.KasFrame;
import io.fairlead.link.tunnel.rpc.OutgoingFrame;
import io.fairlead.link.tunnel.rpc.TunnelCodec;
import io.fairlead.link.tunnel.rpc.TunnelFrame;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One Connect stream of the agent.
 *
 * <p>States: <b>idle</b> (the descriptor is sent) → <b>serving</b> (request_info came) → <b>answered</b> (we half-closed) →
 * <b>closed</b>; <b>cancelled</b> from any of them. An idle stream that kas ends with OK has done nothing wrong: its connection grew
 * old. All calls come on the connection's event loop, except {@link #start}, {@link #cancelIfIdle} and {@link #cancel}: they come
 * from who opens and stops the pool. A lock keeps what is sent, and that kas has taken the stream, apart from the cancellation,
 * for a cancelled call takes no more messages; while it is held only gRPC is called.
 */
final class AgentTunnel extends ClientCall.Listener<KasFrame> implements TunneledReply {
    /** What the pool does about a stream's life. */
    interface Owner {
        /** kas has chosen this stream: it is no longer idle. */
        void onTaken(AgentTunnel tunnel);

        /** The stream is over. */
        void onClosed(AgentTunnel tunnel, boolean wasTaken, Status status);
    }

    private static final OutgoingFrame HEADER = new OutgoingFrame.Ready(ConnectRequest.newBuilder()
            .setHeader(Header.newBuilder()
                    .putMeta(
                            "content-type",
                            Prototool.Values.newBuilder()
                                    .addValue("application/grpc")
                                    .build()))
            .build()
            .toByteArray());
    private static final OutgoingFrame TRAILER = new OutgoingFrame.Ready(new byte[] {0x22, 0});

    private static final String STOPPING = "the agent is stopping";

    private final ClientCall<OutgoingFrame, KasFrame> call;
    private final Map<String, TunneledMethod> methods;
    private final Owner owner;
    private @Nullable TunneledRequest request;
    private final Object sending = new Object();
    private boolean started;
    private boolean taken;
    private boolean cancelled;

    private boolean headerSent;
    private boolean answered;
    private StreamOrder.Position position = TunnelCodec.KAS_ORDER.start();

    AgentTunnel(ClientCall<OutgoingFrame, KasFrame> call, Map<String, TunneledMethod> methods, Owner owner) {
        this.call = call;
        this.methods = methods;
        this.owner = owner;
    }

    /** Opens the stream, unless it has been cancelled on its way here. */
    void start(Metadata headers, OutgoingFrame descriptor) {
        synchronized (sending) {
            if (!cancelled) {
                started = true;
                call.start(this, headers);
                call.request(1);
                call.sendMessage(descriptor);
                return;
            }
        }
        owner.onClosed(this, false, Status.CANCELLED);
    }

    void cancelIfIdle() {
        synchronized (sending) {
            if (!taken) {
                cancel(STOPPING);
            }
        }
    }

    void cancel() {
        cancel(STOPPING);
    }

    private void cancel(@Nullable String why) {
        synchronized (sending) {
            cancelled = true;
            if (started) {
                call.cancel(why, null);
            }
        }
    }

    @Override
    public void onMessage(KasFrame frame) {
        try {
            position = position.next(frame.field());
        } catch (StatusRuntimeException e) {
            TunnelFrame.release(frame);
            refuse(frame instanceof TunnelFrame.Malformed(Status status) ? status : e.getStatus());
            return;
        }
        switch (frame) {
            case KasFrame.Open open -> serve(open);
            case TunnelFrame.Body(int field, ByteBuf message) -> {
                TunneledRequest current = request;
                if (current == null || answered) {
                    message.release();
                } else {
                    current.onMessage(message);
                }
            }
            case TunnelFrame.Malformed(Status status) -> refuse(status);
            case KasFrame.HalfClose() -> {
                if (request != null && !answered) {
                    request.onHalfClose();
                }
            }
        }
    }

    /** kas broke the protocol: its request is given up and the stream ended with the reason. */
    private void refuse(Status status) {
        if (request != null && !answered) {
            answered = true;
            request.onCancel();
        }
        cancel(status.getDescription());
    }

    private void serve(KasFrame.Open open) {
        synchronized (sending) {
            if (cancelled) {
                return;
            }
            taken = true;
        }
        owner.onTaken(this);
        TunneledMethod method = methods.get(open.info().getMethodName());
        if (method == null) {
            fail(Status.UNIMPLEMENTED.withDescription(
                    "this agent does not serve " + open.info().getMethodName()));
            return;
        }
        request = method.begin(this);
    }

    @Override
    public void onReady() {
        if (request != null && !answered) {
            request.onReady();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (request != null && !answered) {
            answered = true;
            request.onCancel();
        }
        boolean wasTaken;
        synchronized (sending) {
            wasTaken = taken;
        }
        owner.onClosed(this, wasTaken, status);
    }

    @Override
    public void request(int count) {
        call.request(count);
    }

    @Override
    public void send(OutgoingMessage message) {
        synchronized (sending) {
            if (!answered && !cancelled) {
                header();
                call.sendMessage(new OutgoingFrame.Wrapped(message));
                return;
            }
        }
        message.release();
    }

    private void header() {
        if (!headerSent) {
            headerSent = true;
            call.sendMessage(HEADER);
        }
    }

    @Override
    public boolean ready() {
        return call.isReady();
    }

    @Override
    public void end() {
        synchronized (sending) {
            if (!answered && !cancelled) {
                answered = true;
                header();
                call.sendMessage(TRAILER);
                finish();
            }
        }
    }

    @Override
    public void fail(Status status) {
        synchronized (sending) {
            if (answered || cancelled) {
                return;
            }
            answered = true;
            if (headerSent) {
                call.sendMessage(TRAILER);
            }
            call.sendMessage(error(status));
            finish();
        }
    }

    private static OutgoingFrame error(Status status) {
        String description = status.getDescription();
        com.google.rpc.Status wire = com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage(description == null ? "" : description)
                .build();
        return new OutgoingFrame.Ready(ConnectRequest.newBuilder()
                .setError(Error.newBuilder().setStatus(wire))
                .build()
                .toByteArray());
    }

    private void finish() {
        call.halfClose();
        // What kas still sends is read and dropped, so that it can end the stream its own way.
        call.request(Integer.MAX_VALUE);
    }
}
