package io.fairlead.wire.grpc.ws;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.concurrent.TimeUnit;

/**
 * Gives each stream as much credit as this line needs. What one stream has under way, a small answer of another waits
 * behind, so on a short line little is best; on a long one the credit is a stream's ceiling per round trip, so it grows with
 * the round trip, up to {@link #BYTES_MAX}.
 *
 * <p>The round trip is that of SETTINGS and their acknowledgement, which both ends of HTTP/2 must answer at once: it sees
 * through whatever carries bytes only (a TCP balancer, a proxy of the WebSocket), and every HTTP/2 peer knows it. The
 * shortest of three counts, since an end that is busy answers late.
 *
 * <p>States: waiting, asked (our SETTINGS are not yet acknowledged), settled. On the connection's event loop.
 */
public final class StreamWindow extends Http2FrameListenerDecorator {
    /** Enough for {@link #BYTES_PER_SECOND} within 2.6 ms; measured as the best on a line without length (docs/performance.md). */
    public static final int BYTES_MIN = 256 * 1024;

    /** Reached at a round trip of 10 ms; more would let 500 slow readers hold more than an agent has. */
    static final int BYTES_MAX = 1024 * 1024;

    /** A stream's share of a good line, which the credit should not be the end of. */
    private static final long BYTES_PER_SECOND = 100_000_000;

    private static final int SAMPLES = 3;
    private static final long PAUSE_MILLIS = 500;

    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    private long shortestNanos = Long.MAX_VALUE;
    private long askedNanos;
    private boolean asked;
    private int samples;

    private StreamWindow(Http2ConnectionHandler http2, ChannelHandlerContext context, Http2FrameListener grpc) {
        super(grpc);
        this.http2 = http2;
        this.context = context;
    }

    /** Begins to measure the connection that {@code http2} speaks on. */
    static void fit(Http2ConnectionHandler http2, ChannelHandlerContext context) {
        StreamWindow window = new StreamWindow(http2, context, http2.decoder().frameListener());
        http2.decoder().frameListener(window);
        window.askLater();
    }

    /** The credit for a line with this round trip, in bytes. */
    static int bytes(long roundTripNanos) {
        long needed = roundTripNanos / 1_000 * BYTES_PER_SECOND / 1_000_000;
        return (int) Math.clamp(needed, BYTES_MIN, BYTES_MAX);
    }

    @Override
    public void onSettingsAckRead(ChannelHandlerContext ctx) throws Http2Exception {
        super.onSettingsAckRead(ctx);
        if (!asked) {
            return;
        }
        asked = false;
        shortestNanos = Math.min(shortestNanos, nanoTime() - askedNanos);
        samples++;
        if (samples < SAMPLES) {
            askLater();
        } else if (bytes(shortestNanos) > BYTES_MIN) {
            announce(bytes(shortestNanos));
        }
    }

    private void askLater() {
        context.executor().schedule(this::ask, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void ask() {
        if (context.channel().isActive()) {
            asked = true;
            askedNanos = nanoTime();
            announce(BYTES_MIN);
        }
    }

    private void announce(int bytes) {
        http2.encoder().writeSettings(context, new Http2Settings().initialWindowSize(bytes), context.newPromise());
        context.flush();
    }

    private long nanoTime() {
        return context.executor().ticker().nanoTime();
    }
}
