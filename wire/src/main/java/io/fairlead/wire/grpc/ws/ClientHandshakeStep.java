package io.fairlead.wire.grpc.ws;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Client: asks for a WebSocket and, once it is granted, lets gRPC have the connection through it. Redirects are not
 * followed, because the token would go with them; they are explained.
 */
final class ClientHandshakeStep extends Step {
    private static final int KEY_BYTES = 16;
    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClientCarriage carriage;
    private final ClientCarriage.Handshake handshake;
    private final ChannelHandler grpc;
    private final String key;
    private @Nullable Future<?> deadline;
    private boolean granted;
    private boolean over;

    ClientHandshakeStep(ClientCarriage carriage, ClientCarriage.Handshake handshake, ChannelHandler grpc) {
        this.carriage = carriage;
        this.handshake = handshake;
        this.grpc = grpc;
        byte[] nonce = new byte[KEY_BYTES];
        RANDOM.nextBytes(nonce);
        this.key = Base64.getEncoder().encodeToString(nonce);
    }

    @Override
    void started(ChannelHandlerContext ctx) {
        ctx.pipeline()
                .addBefore(
                        ctx.name(),
                        "http",
                        new HttpResponseDecoder(new HttpDecoderConfig().setMaxHeaderSize(HEADER_BYTES_MAX)));
        deadline = ctx.executor()
                .schedule(
                        () -> fail(ctx, ConnectProblem.silent(carriage)),
                        carriage.limits().answer().toMillis(),
                        TimeUnit.MILLISECONDS);
        ctx.writeAndFlush(request(ctx));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (over) {
                return;
            }
            if (message instanceof HttpResponse response) {
                answered(ctx, response);
            } else if (message instanceof LastHttpContent && granted) {
                carry(ctx);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, ConnectProblem.closedInHandshake(carriage));
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    private void answered(ChannelHandlerContext ctx, HttpResponse response) {
        HttpHeaders headers = response.headers();
        if (response.decoderResult().isFailure()) {
            fail(ctx, ConnectProblem.notHttp(carriage));
        } else if (response.status().code() != 101) {
            fail(
                    ctx,
                    ConnectProblem.status(
                            carriage, response.status().code(), headers.get(HttpHeaderNames.LOCATION, "")));
        } else if (!WebSocketRules.accept(key).equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT))) {
            fail(ctx, ConnectProblem.notWebSocket(carriage));
        } else {
            // Without the subprotocol kas says why in a close frame, which the carrier reads.
            granted = true;
        }
    }

    private void carry(ChannelHandlerContext ctx) {
        over = true;
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addAfter(
                ctx.name(),
                "websocket",
                new WebSocketCarrier(
                        FrameReader.Side.CLIENT,
                        RANDOM.nextLong(),
                        () -> new WebSocketCarrier.Farewell(WebSocketRules.CLOSE_NORMAL, ""),
                        this::ended));
        pipeline.addAfter("websocket", null, grpc);
        ctx.fireUserEventTriggered(CallerAuthority.accepted(event()));
        ConnectionWindow.enlarge(ctx.channel());
        pipeline.remove(this);
        // Last, because it hands on what has arrived behind the answer.
        pipeline.remove("http");
    }

    private void ended(ChannelHandlerContext ctx, int code, String reason) {
        if (code != WebSocketRules.CLOSE_NORMAL) {
            ctx.fireExceptionCaught(ConnectProblem.webSocketClosed(carriage, code, reason));
        }
    }

    private void fail(ChannelHandlerContext ctx, RuntimeException problem) {
        if (!over) {
            over = true;
            ctx.fireExceptionCaught(problem);
        }
    }

    private ByteBuf request(ChannelHandlerContext ctx) {
        // The factory's headers refuse line breaks and other things that would change the request's meaning.
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HttpHeaderNames.HOST, handshake.host())
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketRules.VERSION)
                .set(HttpHeaderNames.SEC_WEBSOCKET_KEY, key)
                .set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, WebSocketRules.SUBPROTOCOL);
        handshake.headers().get().forEach(headers::add);
        StringBuilder text =
                new StringBuilder("GET ").append(handshake.target()).append(" HTTP/1.1\r\n");
        for (Map.Entry<String, String> header : headers) {
            text.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        ByteBuf bytes = ctx.alloc().buffer(text.length());
        ByteBufUtil.writeUtf8(bytes, text.append("\r\n"));
        return bytes;
    }
}
