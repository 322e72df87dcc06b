package io.fairlead.wire.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: requests one after the other, never two at once.
 *
 * <p>States: <b>waiting</b> (no exchange; leaves on a request head), <b>serving</b> (an exchange runs; leaves when request
 * and answer have both ended), <b>discarding</b> (the answer ended first; the rest of the body is thrown away, up to a
 * bound, so that the client gets to read the answer), <b>raw</b> (upgraded: bytes both ways until either side ends),
 * <b>closing</b> (what was written is flushed, nothing is read), <b>lingering</b> (our side is ended, what the client still
 * sends is thrown away, so that no reset destroys the answer on its way). Reads are asked for one at a time, and one read is kept
 * outstanding while a request is being answered: that is how a client that has left is noticed.
 *
 * <p>Everything runs on the channel's event loop.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter {
    /** How much of an unwanted body is read so that an early answer is not lost in a reset. */
    private static final int DISCARD_BYTES_MAX = 256 * 1024;

    private static final long LOOK_PERIOD_MILLIS_MAX = 5_000;

    /** How long a client that is still sending may take to read our last answer before its connection is closed. */
    private static final int LINGER_SECONDS = 5;

    /** How much of the next protocol is kept while its upgrade is being decided. */
    private static final int HELD_BYTES_MAX = 64 * 1024;

    private final HttpServer server;
    private final ServerCodec.Decoder decoder;
    private final Deque<HttpObject> pending = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ServerExchange exchange;
    private @Nullable ScheduledFuture<?> looks;
    private @Nullable ScheduledFuture<?> lingerEnd;
    private boolean readOutstanding;
    private boolean pumping;
    private boolean raw;
    private boolean closing;
    private boolean lingering;
    private boolean servedOne;
    /** Written by the connection whose standing still was one too many. */
    private volatile boolean cutOff;

    private int discarded;
    private final ClientPace pace;
    private final TurnWriter writer = new TurnWriter();

    ServerConnection(HttpServer server, ServerCodec.Decoder decoder, Ticker ticker) {
        this.server = server;
        this.decoder = decoder;
        pace = new ClientPace(server.limits(), ticker);
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext current = context;
        if (current == null) {
            throw new IllegalStateException("the connection is not in a pipeline");
        }
        return current;
    }

    Channel channel() {
        return context().channel();
    }

    HttpServer server() {
        return server;
    }

    boolean keepsAlive() {
        return !server.draining();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        if (ctx.channel().isActive()) {
            opened(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        opened(ctx);
        ctx.fireChannelActive();
    }

    private void opened(ChannelHandlerContext ctx) {
        if (looks == null) {
            HttpLimits limits = server.limits();
            long shortest = Math.min(
                    limits.bodyTimeout().toMillis(),
                    Math.min(
                            limits.headTimeout().toMillis(),
                            limits.idleTimeout().toMillis()));
            long period = Math.clamp(shortest / 2, 1, LOOK_PERIOD_MILLIS_MAX);
            looks = ctx.executor().scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
            readMore();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ServerExchange current = exchange;
        if (closing || (raw && message instanceof HttpObject)) {
            // After an upgrade: the end of the request that asked for it, which says nothing any more.
            ReferenceCountUtil.release(message);
        } else if (message instanceof ByteBuf data) {
            if (raw && current != null) {
                current.received(data);
            } else {
                data.release();
            }
        } else {
            pending.add((HttpObject) message);
            pump();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readOutstanding = false;
        ServerExchange current = exchange;
        if (current != null) {
            current.turnEnded();
        }
        readMore();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ServerExchange current = exchange;
        if (!ctx.channel().isWritable()) {
            return;
        }
        if (current != null) {
            current.writableAgain();
        } else {
            pump();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            if (!closing) {
                inputEnded(ctx);
            } else if (lingering) {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void inputEnded(ChannelHandlerContext ctx) {
        ServerExchange current = exchange;
        if (current == null) {
            closeAfterFlush(false);
        } else if (raw) {
            current.inputEnded();
        } else {
            // Half a request can't be completed, and a client that stops sending has stopped waiting.
            ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (looks != null) {
            looks.cancel(false);
        }
        if (lingerEnd != null) {
            lingerEnd.cancel(false);
        }
        closing = true;
        lingering = false;
        ServerExchange current = exchange;
        exchange = null;
        dropPending();
        if (current != null) {
            current.gone(new IOException("the client closed the connection"));
        }
        server.stalled().note(this, false);
        server.forget(this);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        server.connectionFailed(ctx.channel().remoteAddress(), cause);
        ctx.close();
    }

    /** Moves what was received on, as far as demand and the order of requests allow. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            while (!closing && advance()) {
                // Each step consumes one object or stops.
            }
        } finally {
            pumping = false;
        }
        readMore();
    }

    /** Handles the next received object; false when it must wait. */
    private boolean advance() {
        HttpObject next = pending.peek();
        if (next == null) {
            return false;
        }
        ServerExchange current = exchange;
        if (current == null) {
            if (!channel().isWritable()) {
                // A client that asks and asks and does not read gets no further answers to pile up.
                return false;
            }
            pending.remove();
            if (next instanceof HttpRequest request) {
                begin(request);
            } else {
                ReferenceCountUtil.release(next);
            }
            return true;
        }
        if (current.requestEnded() || !(next instanceof HttpContent content)) {
            return false;
        }
        if (content.decoderResult().isFailure()) {
            pending.remove();
            content.release();
            current.refuseBody(400, "The request's body is not well-formed");
            return false;
        }
        if (!content.content().isReadable()) {
            pending.remove();
            content.release();
            if (content instanceof LastHttpContent) {
                current.inputEnded();
                finish(current);
            }
            return true;
        }
        if (current.responseEnded()) {
            pending.remove();
            discard(current, content);
            return true;
        }
        if (!current.takeDemand()) {
            return false;
        }
        pending.remove();
        if (content instanceof LastHttpContent) {
            pending.addFirst(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        pace.bodyMoved();
        current.received(content.content());
        return true;
    }

    private void discard(ServerExchange current, HttpContent content) {
        discarded += content.content().readableBytes();
        boolean last = content instanceof LastHttpContent;
        content.release();
        if (last) {
            current.inputEnded();
            finish(current);
        } else if (discarded > DISCARD_BYTES_MAX) {
            closeAfterFlush(true);
        }
    }

    private void begin(HttpRequest request) {
        servedOne = true;
        discarded = 0;
        pace.bodyMoved();
        RequestCheck.Refusal refusal = RequestCheck.refusal(request);
        ServerExchange started = new ServerExchange(this, request);
        exchange = started;
        if (refusal != null) {
            started.refuse(refusal.status(), refusal.text());
            return;
        }
        if (started.request().upgrade().isPresent()) {
            decoder.hold();
        }
        started.listen(server.handler().serve(started));
    }

    /** Called when either half of {@code ended} has ended; moves on when both have. */
    void finish(ServerExchange ended) {
        if (exchange != ended || raw || !ended.responseEnded()) {
            return;
        }
        if (!ended.requestEnded()) {
            pace.turnOfClient();
            pump();
            return;
        }
        exchange = null;
        pace.turnOfClient();
        if (!ended.keepsAlive() || server.draining()) {
            closeAfterFlush(!ended.inputWhole());
        } else {
            pump();
        }
    }

    /** The codec leaves; what it had not parsed yet comes back as bytes. */
    void becomeRaw() {
        raw = true;
        server.becameRaw(this);
        dropPending();
        context().pipeline().remove(ServerCodec.Encoder.class);
        context().pipeline().remove(decoder);
    }

    void readMore() {
        if (readOutstanding || (closing && !lingering) || !pending.isEmpty()) {
            return;
        }
        ServerExchange current = exchange;
        boolean wanted = lingering
                || current == null
                || (raw ? current.demanded() : current.demanded() || current.requestEnded() || current.responseEnded());
        if (wanted && (raw || decoder.heldBytes() < HELD_BYTES_MAX)) {
            readOutstanding = true;
            context().read();
        }
    }

    void write(Object message) {
        if (message instanceof HttpContent content) {
            pace.wrote(content.content().readableBytes());
        } else if (message instanceof ByteBuf data) {
            pace.wrote(data.readableBytes());
        }
        writer.write(context(), message);
    }

    /**
     * Closes when all that was written has left.
     *
     * @param mayStillSend the client may be sending: it gets some time to read the answer first, because closing with
     *     unread input would reset the connection
     */
    void closeAfterFlush(boolean mayStillSend) {
        if (closing) {
            return;
        }
        closing = true;
        dropPending();
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (mayStillSend && flushed.isSuccess()) {
                linger();
            } else {
                context().close();
            }
        });
    }

    private void linger() {
        lingering = true;
        SslHandler tls = context().pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (channel() instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        lingerEnd = context().executor().schedule(() -> context().close(), LINGER_SECONDS, TimeUnit.SECONDS);
        readMore();
    }

    private void dropPending() {
        pending.forEach(ReferenceCountUtil::release);
        pending.clear();
    }

    void closeNow() {
        closing = true;
        context().close();
    }

    /** Ends it so that the client sees no end in order, neither TCP's nor TLS's. */
    void reset() {
        closing = true;
        channel().config().setOption(ChannelOption.SO_LINGER, 0);
        context().pipeline().firstContext().close();
    }

    /** Ends the connection if it is between requests; a running exchange is left to end first. */
    void drain() {
        context().executor().execute(() -> {
            if (exchange == null) {
                closeAfterFlush(false);
            }
        });
    }

    /** Asks from time to time whether the client keeps up. */
    private void look() {
        ServerExchange current = exchange;
        ChannelOutboundBuffer queued = channel().unsafe().outboundBuffer();
        long unsent = queued == null ? 0 : queued.totalPendingWriteBytes();
        server.stalled().note(this, pace.standsStill(unsent) && !cutOff);
        if (raw || current == null || !current.waitsForBody()) {
            pace.bodyMoved();
        } else if (pace.bodyLate()) {
            current.refuseBody(
                    408,
                    "The request's body stopped coming: nothing of it came for "
                            + server.limits().bodyTimeout().toSeconds() + " s");
            return;
        }
        if (current != null && (raw || !current.responseEnded())) {
            return;
        }
        if (unsent > 0) {
            // A slow reader is not a quiet client: what it was promised stays until it has taken it.
            pace.turnOfClient();
        } else if (pace.headLate(servedOne && current == null, decoder.headBegunNanos())) {
            closeNow();
        }
    }

    /** Ends the connection with a reset: what the client has not read is lost, and it must not look whole. */
    void cutOff() {
        cutOff = true;
        context().executor().execute(() -> {
            channel().config().setOption(ChannelOption.SO_LINGER, 0);
            closeNow();
        });
    }
}
