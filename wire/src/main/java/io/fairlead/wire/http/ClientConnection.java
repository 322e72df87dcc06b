package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an origin.
 *
 * <p>States: <b>connecting</b>, <b>busy</b> (a call is attached), <b>idle</b> (kept for the next call; anything the server
 * sends now is out of turn and closes it), <b>raw</b> (the call's upgrade was agreed to), <b>closed</b>. On its event loop
 * throughout.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    /** How long a server may be silent, while we read, after our direction of an upgraded connection has ended. */
    private static final int SILENCE_SECONDS = 60;

    private final HttpClient client;
    private final Origin origin;
    private final Deque<HttpObject> pending = new ArrayDeque<>();
    private final TurnWriter writer = new TurnWriter();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ClientCall call;
    private @Nullable ScheduledFuture<?> idleTimer;
    private @Nullable ScheduledFuture<?> silenceTimer;
    private boolean readOutstanding;
    private boolean pumping;
    private final Deque<ByteBuf> early = new ArrayDeque<>();
    private boolean holdsEarly;
    private boolean raw;
    private boolean heard;
    private boolean closed;
    private @Nullable Throwable failure;

    ClientConnection(HttpClient client, Origin origin) {
        this.client = client;
        this.origin = origin;
    }

    Origin origin() {
        return origin;
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext current = context;
        if (current == null) {
            throw new IllegalStateException("the connection is not in a pipeline");
        }
        return current;
    }

    Channel channel() {
        return context().channel();
    }

    boolean usable() {
        return !closed && channel().isActive();
    }

    /** Attaches {@code waiting} when the TLS handshake has succeeded. */
    void whenSecure(ClientCall waiting) {
        SslHandler tls = context().pipeline().get(SslHandler.class);
        // Reading drives the handshake: nothing is read by itself on this channel.
        context().read();
        tls.handshakeFuture().addListener(done -> {
            if (done.isSuccess()) {
                waiting.attach(this, false);
            } else {
                close();
                waiting.connectFailed(done.cause());
            }
        });
    }

    void use(ClientCall user) {
        context().pipeline().get(ClientCodec.Decoder.class).asked(user.asksForHead());
        if (idleTimer != null) {
            idleTimer.cancel(false);
            idleTimer = null;
        }
        call = user;
        readMore();
    }

    void closeAfterIdle(long delay, TimeUnit unit) {
        idleTimer = context().executor().schedule(() -> close(), delay, unit);
    }

    /** The call has ended whole; the connection is free when the server allows. */
    void release(boolean reusable) {
        call = null;
        if (reusable && usable() && pending.isEmpty() && !raw) {
            client.keep(this);
            // A server that closes while we wait must be noticed before the next call is sent into nothing.
            readMore();
        } else {
            close();
        }
    }

    void close() {
        if (context != null) {
            context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ClientCall current = call;
        if (current == null) {
            ReferenceCountUtil.release(message);
            ctx.close();
        } else if (message instanceof ByteBuf data) {
            if (holdsEarly) {
                early.add(data);
            } else {
                current.received(data);
            }
        } else {
            pending.add((HttpObject) message);
            pump();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readOutstanding = false;
        heard = true;
        ClientCall current = call;
        if (current != null) {
            current.turnEnded();
        }
        readMore();
    }

    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (advance()) {
                // Each step consumes one object or stops.
            }
        } finally {
            pumping = false;
        }
        readMore();
    }

    private boolean advance() {
        HttpObject next = pending.peek();
        ClientCall current = call;
        if (next == null || current == null) {
            return false;
        }
        if (next.decoderResult().isFailure()) {
            failure = next.decoderResult().cause();
            close();
            return false;
        }
        if (next instanceof HttpResponse response) {
            pending.remove();
            current.headReceived(response);
            return true;
        }
        HttpContent content = (HttpContent) next;
        if (!content.content().isReadable()) {
            pending.remove();
            content.release();
            if (content instanceof LastHttpContent) {
                current.answerEnded();
            }
            return true;
        }
        if (!current.takeDemand()) {
            return false;
        }
        pending.remove();
        if (content instanceof LastHttpContent) {
            pending.addFirst(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        current.received(content.content());
        return true;
    }

    /** After 101: no more HTTP on this connection. Bytes that came with it wait for {@link #deliverEarly}. */
    void becomeRaw() {
        raw = true;
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
        holdsEarly = true;
        context().pipeline().remove(ClientCodec.Encoder.class);
        context().pipeline().remove(ClientCodec.Decoder.class);
    }

    void deliverEarly() {
        holdsEarly = false;
        while (!early.isEmpty()) {
            ByteBuf data = early.remove();
            ClientCall current = call;
            if (current == null) {
                data.release();
            } else {
                current.received(data);
            }
        }
    }

    void readMore() {
        if (readOutstanding || closed || context == null || !pending.isEmpty()) {
            return;
        }
        ClientCall current = call;
        if (current == null || current.wantsRead()) {
            readOutstanding = true;
            context().read();
        }
    }

    void write(Object message) {
        writer.write(context(), message);
    }

    /** Ends our direction of an upgraded connection; the server's stays open for a while. */
    void endOutput() {
        context().flush();
        SslHandler tls = context().pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        heard = true;
        silenceTimer = context()
                .executor()
                .scheduleWithFixedDelay(this::closeIfSilent, SILENCE_SECONDS, SILENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void closeIfSilent() {
        if (!heard && readOutstanding) {
            failure = new IOException("the server was silent for " + SILENCE_SECONDS + " s after our side had ended");
            close();
        }
        // A reader of ours that holds back is not the server's silence.
        heard = !readOutstanding;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ClientCall current = call;
        if (current != null && ctx.channel().isWritable()) {
            current.writableAgain();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // For HTTP the codec still has to hear of the end: an answer without a length ends this way.
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        client.closed(this);
        if (idleTimer != null) {
            idleTimer.cancel(false);
        }
        if (silenceTimer != null) {
            silenceTimer.cancel(false);
        }
        ClientCall current = call;
        call = null;
        if (current != null) {
            Throwable cause = failure;
            current.connectionEnded(
                    pending,
                    cause != null,
                    cause == null ? new IOException("the server closed the connection") : cause);
        }
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failure = cause;
        ctx.close();
    }
}
