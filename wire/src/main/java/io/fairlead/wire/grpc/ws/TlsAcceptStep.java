package io.fairlead.wire.grpc.ws;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server: lets a TLS handshake happen and passes on what it led to. A client that chose {@code h2} may only speak
 * HTTP/2; one that chose nothing or {@code http/1.1} is judged by its first bytes.
 */
final class TlsAcceptStep extends Step {
    private static final Logger log = LoggerFactory.getLogger(TlsAcceptStep.class);

    private final Accepting accepting;
    private final SslContext context;
    private final long handshakeMillisMax;
    private final ServerAnswers answers;

    TlsAcceptStep(Accepting accepting, SslContext context, long handshakeMillisMax, ServerAnswers answers) {
        this.accepting = accepting;
        this.context = context;
        this.handshakeMillisMax = handshakeMillisMax;
        this.answers = answers;
    }

    @Override
    void started(ChannelHandlerContext ctx) {
        SslHandler tls = context.newHandler(ctx.alloc());
        tls.setHandshakeTimeoutMillis(handshakeMillisMax);
        ctx.pipeline().addBefore(ctx.name(), "tls", tls);
        ctx.pipeline().addBefore("tls", "cleartext", new Cleartext(answers));
    }

    @Override
    void happened(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof SslHandshakeCompletionEvent completion)) {
            ctx.fireUserEventTriggered(message);
        } else if (!completion.isSuccess()) {
            log.debug(
                    "TLS with {} failed: {}",
                    ctx.channel().remoteAddress(),
                    completion.cause().getMessage());
            ctx.close();
        } else {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            SSLSession session = tls.engine().getSession();
            Attributes attributes = InternalProtocolNegotiationEvent.getAttributes(event()).toBuilder()
                    .set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session)
                    .build();
            boolean http2Only = "h2".equals(tls.applicationProtocol());
            ctx.pipeline().replace(this, "preface", new PrefaceStep(accepting, !http2Only));
            ctx.fireUserEventTriggered(InternalProtocolNegotiationEvent.withAttributes(event(), attributes));
        }
    }

    /** In front of TLS: tells a client that speaks cleartext HTTP so, in cleartext; then it is out of the way. */
    private static final class Cleartext extends ChannelInboundHandlerAdapter {
        private final ServerAnswers answers;
        private boolean refused;

        Cleartext(ServerAnswers answers) {
            this.answers = answers;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            byte first = in.isReadable() ? in.getByte(in.readerIndex()) : 0;
            if (!refused && (first < 'A' || first > 'Z')) {
                ctx.pipeline().remove(this);
                ctx.fireChannelRead(in);
                return;
            }
            in.release();
            if (!refused) {
                refused = true;
                ctx.writeAndFlush(answers.refusal(
                                HttpResponseStatus.BAD_REQUEST, "This port speaks TLS: use grpcs:// or wss://."))
                        .addListener(sent -> ctx.close());
            }
        }
    }
}
