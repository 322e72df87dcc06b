package io.fairlead.wire.grpc.ws;

import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incoming connection on its way to gRPC, and the only place where its pipeline is rearranged:
 *
 * <pre>
 * (TLS) - preface -+------------------------------------------ gRPC        HTTP/2 comes first
 *                  +- http decoder - handshake
 *                        +- WebSocket carrier - preface - - - - gRPC        HTTP/1.1 comes first
 * </pre>
 *
 * The whole way has one deadline. On the connection's event loop.
 */
final class Accepting {
    private static final Logger log = LoggerFactory.getLogger(Accepting.class);
    private static final WebSocketCarrier.Farewell WITHOUT_HTTP2 =
            new WebSocketCarrier.Farewell(WebSocketRules.CLOSE_PROTOCOL_ERROR, "this WebSocket must carry HTTP/2");
    private static final int REQUEST_LINE_BYTES_MAX = 8 * 1024;
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int BODY_CHUNK_BYTES_MAX = 1024;

    private final CarrierServer server;
    private final GrpcHttp2ConnectionHandler grpc;
    private final Future<?> deadline;
    private boolean open;

    Accepting(CarrierServer server, GrpcHttp2ConnectionHandler grpc, Channel channel) {
        this.server = server;
        this.grpc = grpc;
        this.deadline = channel.eventLoop()
                .schedule(
                        () -> {
                            log.debug("{} did not say in time what it speaks", channel.remoteAddress());
                            channel.close();
                        },
                        server.negotiationMillisMax(),
                        TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(closed -> deadline.cancel(false));
    }

    /** The peer speaks HTTP/2: {@code first} and all that follows is gRPC's. */
    void openGrpc(ChannelHandlerContext ctx, Step step, ProtocolNegotiationEvent event, ByteBuf first) {
        open = true;
        deadline.cancel(false);
        Attributes more = server.opened(ctx.channel());
        Attributes attributes = InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
                .setAll(more)
                .build();
        ctx.pipeline().replace(step, null, InternalProtocolNegotiators.grpcNegotiationHandler(grpc));
        ctx.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(event, attributes));
        ConnectionWindow.enlarge(ctx.channel());
        ctx.fireChannelRead(first);
    }

    /** The peer speaks HTTP/1.1: read its request, beginning with {@code first}. */
    void shakeHands(ChannelHandlerContext ctx, Step step, ProtocolNegotiationEvent event, ByteBuf first) {
        HttpRequestDecoder decoder = new HttpRequestDecoder(new HttpDecoderConfig()
                .setMaxInitialLineLength(REQUEST_LINE_BYTES_MAX)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxChunkSize(BODY_CHUNK_BYTES_MAX));
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(ctx.name(), "http", decoder);
        pipeline.addAfter("http", "handshake", new ServerHandshakeStep(this, server.answers()));
        ctx.fireUserEventTriggered(event);
        pipeline.remove(step);
        ctx.fireChannelRead(first);
    }

    /** The handshake is answered with 101: what follows is frames. */
    void carry(ChannelHandlerContext ctx, Step step, ProtocolNegotiationEvent event) {
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(ctx.name(), "websocket", server.carrier(this::farewell));
        pipeline.addAfter("websocket", "preface", new PrefaceStep(this, false));
        ctx.fireUserEventTriggered(event);
        pipeline.remove(step);
        // Last, because it hands on what has arrived behind the request.
        pipeline.remove("http");
    }

    /** The handshake is answered with 101, but this peer is not wanted: say so in the WebSocket's own words. */
    void dismiss(ChannelHandlerContext ctx, WebSocketCarrier.Farewell words) {
        ctx.pipeline().addBefore(ctx.name(), "websocket", server.carrier(() -> words));
        ctx.close();
    }

    boolean stopping() {
        return server.stopping();
    }

    WebSocketCarrier.Farewell farewell() {
        return open || server.stopping() ? server.farewell() : WITHOUT_HTTP2;
    }

    /** @param tls whether it was the beginning of a TLS handshake; a TLS client can tell an HTTP answer from TLS */
    void refuseNoise(ChannelHandlerContext ctx, boolean tls) {
        log.debug("{} sent neither HTTP/2 nor HTTP/1.1", ctx.channel().remoteAddress());
        if (!tls || ctx.pipeline().get(SslHandler.class) != null) {
            ctx.close();
            return;
        }
        ctx.writeAndFlush(server.answers().refusal(HttpResponseStatus.BAD_REQUEST, "This port does not speak TLS."))
                .addListener(sent -> LingeringClose.begin(ctx));
    }
}
