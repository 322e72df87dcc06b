package io.fairlead.wire.grpc.ws;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a connection more credit than a stream has. gRPC gives both the same and refills the connection's as bytes arrive, so
 * a reader that has stopped holds up nobody; but all streams of an agent together could have no more under way than one of
 * them, which on a line of 100 ms is 10 MiB a second for the whole cluster. What is held for each stream stays bounded by its
 * own window.
 */
final class ConnectionWindow {
    private static final Logger log = LoggerFactory.getLogger(ConnectionWindow.class);

    /** As much as 256 streams may have under way at once. */
    static final int BYTES = 256 * 1024 * 1024;

    private ConnectionWindow() {}

    /** Enlarges the connection window of {@code channel} as soon as gRPC has taken it over. Called on its event loop. */
    static void enlarge(Channel channel) {
        channel.eventLoop().execute(() -> enlargeNow(channel));
    }

    private static void enlargeNow(Channel channel) {
        Http2ConnectionHandler http2 = channel.pipeline().get(Http2ConnectionHandler.class);
        if (http2 == null) {
            return;
        }
        ChannelHandlerContext context = channel.pipeline().context(http2);
        Http2LocalFlowController credit = http2.connection().local().flowController();
        Http2Stream all = http2.connection().connectionStream();
        StreamWindow.fit(http2, context);
        try {
            int missing = BYTES - credit.initialWindowSize(all);
            if (missing > 0) {
                credit.incrementWindowSize(all, missing);
                context.flush();
            }
        } catch (Http2Exception e) {
            log.warn("the connection to {} keeps its small window", channel.remoteAddress(), e);
        }
    }
}
