package io.fairlead.wire.grpc.ws;

import io.fairlead.base.net.TrustedProxies;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Server: answers one HTTP/1.1 request, which must ask for a WebSocket. Any path will do. A request that asks for a
 * WebSocket without our subprotocol is accepted and closed with code 1002, as kas does, because that is what its author
 * can read; all others get a status and one sentence.
 */
final class ServerHandshakeStep extends Step {
    private static final int KEY_BYTES = 16;
    private static final WebSocketCarrier.Farewell STRANGER = new WebSocketCarrier.Farewell(
            WebSocketRules.CLOSE_PROTOCOL_ERROR, "client must speak the ws-tunnel subprotocol");

    private record Refusal(HttpResponseStatus status, String problem) {}

    private final Accepting accepting;
    private final ServerAnswers answers;
    private @Nullable HttpRequest request;
    private boolean answered;

    ServerHandshakeStep(Accepting accepting, ServerAnswers answers) {
        this.accepting = accepting;
        this.answers = answers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (!answered) {
                read(ctx, message);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest head) {
            if (head.decoderResult().isFailure()) {
                refuse(ctx, malformed(head.decoderResult()));
                return;
            }
            request = head;
            Optional<Refusal> refusal = refusal(head);
            if (refusal.isPresent()) {
                refuse(ctx, refusal.get());
            }
        } else if (message instanceof HttpContent content && content.content().isReadable()) {
            refuse(ctx, new Refusal(HttpResponseStatus.BAD_REQUEST, "A WebSocket handshake has no body."));
        } else if (message instanceof LastHttpContent && request != null) {
            accept(ctx, request.headers());
        }
    }

    private Optional<Refusal> refusal(HttpRequest head) {
        HttpHeaders headers = head.headers();
        boolean upgrade = headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
        if (!answers.webSocket()) {
            return Optional.of(new Refusal(HttpResponseStatus.BAD_REQUEST, "This is not an HTTP/1.1 port."));
        }
        if (!HttpMethod.GET.equals(head.method()) || !HttpVersion.HTTP_1_1.equals(head.protocolVersion())) {
            return Optional.of(
                    new Refusal(HttpResponseStatus.BAD_REQUEST, "Only a GET of HTTP/1.1 can become a WebSocket."));
        }
        if (!upgrade || !headers.contains(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketRules.VERSION, false)) {
            return Optional.of(new Refusal(
                    HttpResponseStatus.UPGRADE_REQUIRED, "This request does not ask for a WebSocket of version 13."));
        }
        if (!keyIsGood(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            return Optional.of(
                    new Refusal(HttpResponseStatus.BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64."));
        }
        return Optional.empty();
    }

    private void accept(ChannelHandlerContext ctx, HttpHeaders headers) {
        answered = true;
        ctx.channel().attr(CarrierServer.FORWARDED_FOR).set(headers.getAll(TrustedProxies.HEADER));
        boolean agreed =
                headers.containsValue(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, WebSocketRules.SUBPROTOCOL, false);
        ctx.writeAndFlush(
                answers.switching(WebSocketRules.accept(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY)), agreed));
        if (!agreed) {
            accepting.dismiss(ctx, STRANGER);
        } else if (accepting.stopping()) {
            accepting.dismiss(ctx, accepting.farewell());
        } else {
            accepting.carry(ctx, this, event());
        }
    }

    private void refuse(ChannelHandlerContext ctx, Refusal refusal) {
        answered = true;
        ByteBuf answer = answers.refusal(refusal.status, refusal.problem);
        ctx.writeAndFlush(answer).addListener(sent -> LingeringClose.begin(ctx));
    }

    private static Refusal malformed(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException e ->
                new Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.");
            case TooLongHttpHeaderException e ->
                new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is too long.");
            default -> new Refusal(HttpResponseStatus.BAD_REQUEST, "This is not HTTP.");
        };
    }

    private static boolean keyIsGood(@Nullable String key) {
        if (key == null) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
