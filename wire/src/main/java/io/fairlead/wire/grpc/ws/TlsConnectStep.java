package io.fairlead.wire.grpc.ws;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/** Client: makes the connection a TLS connection to the named server, then lets {@code next} have it. */
final class TlsConnectStep extends Step {
    private final ClientCarriage carriage;
    private final Step next;

    TlsConnectStep(ClientCarriage carriage, Step next) {
        this.carriage = carriage;
        this.next = next;
    }

    @Override
    void started(ChannelHandlerContext ctx) {
        SslContext context = carriage.tls().orElseThrow();
        SslHandler tls = context.newHandler(ctx.alloc(), carriage.serverName(), carriage.port());
        tls.setHandshakeTimeoutMillis(carriage.limits().tls().toMillis());
        ctx.pipeline().addBefore(ctx.name(), "tls", tls);
    }

    @Override
    void happened(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof SslHandshakeCompletionEvent completion)) {
            ctx.fireUserEventTriggered(message);
            return;
        }
        if (!completion.isSuccess()) {
            ctx.fireExceptionCaught(ConnectProblem.tls(carriage, completion.cause()));
            return;
        }
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (carriage.webSocket().isEmpty() && !"h2".equals(tls.applicationProtocol())) {
            ctx.fireExceptionCaught(ConnectProblem.withoutHttp2(carriage));
            return;
        }
        Attributes attributes = InternalProtocolNegotiationEvent.getAttributes(event()).toBuilder()
                .set(GrpcAttributes.ATTR_SECURITY_LEVEL, SecurityLevel.PRIVACY_AND_INTEGRITY)
                .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, tls.engine().getSession())
                .build();
        ctx.pipeline().replace(this, null, next);
        ctx.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(event(), attributes));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The handshake's completion tells the same, in our words.
        if (ctx.pipeline().get(SslHandler.class) == null) {
            ctx.fireExceptionCaught(cause);
        }
    }
}
