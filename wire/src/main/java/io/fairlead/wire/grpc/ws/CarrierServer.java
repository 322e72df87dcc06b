package io.fairlead.wire.grpc.ws;

import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.util.AsciiString;
import io.netty.util.AttributeKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gRPC server accepts on its port: the {@link #credentials} go to gRPC's server builder. */
public final class CarrierServer {
    private static final Logger log = LoggerFactory.getLogger(CarrierServer.class);

    /** What X-Forwarded-For said in the WebSocket's handshake, all its values in their order; set once there was one. */
    static final AttributeKey<List<String>> FORWARDED_FOR = AttributeKey.valueOf(CarrierServer.class, "forwarded-for");

    private final Optional<SslContext> tls;
    private final ServerAnswers answers;
    private final Duration negotiationMax;
    private final BooleanSupplier stopping;
    private final Predicate<Channel> admits;
    private final Function<Channel, Attributes> opened;

    /**
     * @param webSocket whether gRPC inside WebSocket is accepted beside native HTTP/2
     * @param serverHeader the {@code Server} header of HTTP/1.1 answers
     * @param negotiationMax from the TCP accept to HTTP/2's first bytes, all handshakes included
     * @param stopping whether new WebSockets are to be sent away with code 1001
     * @param admits asked, on its event loop, about each connection before its first byte; others are closed
     * @param opened told, on its event loop, of each connection that gRPC takes over; returns attributes that its calls
     *     will have
     */
    public CarrierServer(
            Optional<SslContext> tls,
            boolean webSocket,
            String serverHeader,
            Duration negotiationMax,
            BooleanSupplier stopping,
            Predicate<Channel> admits,
            Function<Channel, Attributes> opened) {
        this.tls = tls;
        this.answers = new ServerAnswers(webSocket, serverHeader);
        this.negotiationMax = negotiationMax;
        this.stopping = stopping;
        this.admits = admits;
        this.opened = opened;
    }

    public ServerCredentials credentials() {
        return InternalNettyServerCredentials.create(new Negotiator());
    }

    long negotiationMillisMax() {
        return negotiationMax.toMillis();
    }

    ServerAnswers answers() {
        return answers;
    }

    boolean stopping() {
        return stopping.getAsBoolean();
    }

    Attributes opened(Channel channel) {
        return opened.apply(channel);
    }

    /** Who the proxies before this port say is at the other end of a connection, if they said anything. */
    public static List<String> forwardedFor(Channel channel) {
        List<String> said = channel.attr(FORWARDED_FOR).get();
        return said == null ? List.of() : said;
    }

    /** @param farewell what to say when this side closes */
    WebSocketCarrier carrier(Supplier<WebSocketCarrier.Farewell> farewell) {
        // A server does not mask, so the seed is of no use.
        return new WebSocketCarrier(FrameReader.Side.SERVER, 0, farewell, CarrierServer::ended);
    }

    WebSocketCarrier.Farewell farewell() {
        return stopping()
                ? new WebSocketCarrier.Farewell(WebSocketRules.CLOSE_GOING_AWAY, "kas is stopping")
                : new WebSocketCarrier.Farewell(WebSocketRules.CLOSE_NORMAL, "");
    }

    private static void ended(ChannelHandlerContext ctx, int code, String reason) {
        log.debug("the WebSocket of {} ends with code {}: {}", ctx.channel().remoteAddress(), code, reason);
    }

    private final class Negotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
        @Override
        public AsciiString scheme() {
            return AsciiString.cached(tls.isPresent() ? "https" : "http");
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
            return InternalProtocolNegotiators.waitUntilActiveHandler(new FirstStep(grpc), grpc.getNegotiationLogger());
        }

        @Override
        public void close() {}
    }

    /** The connection is open: its deadline begins. */
    private final class FirstStep extends Step {
        private final GrpcHttp2ConnectionHandler grpc;

        FirstStep(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        void started(ChannelHandlerContext ctx) {
            if (!admits.test(ctx.channel())) {
                ctx.close();
                return;
            }
            Accepting accepting = new Accepting(CarrierServer.this, grpc, ctx.channel());
            Step next = tls.isPresent()
                    ? new TlsAcceptStep(accepting, tls.get(), negotiationMillisMax(), answers)
                    : new PrefaceStep(accepting, true);
            ctx.pipeline().replace(this, null, next);
            ctx.fireUserEventTriggered(event());
        }
    }
}
