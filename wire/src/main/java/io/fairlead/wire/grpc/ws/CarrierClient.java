package io.fairlead.wire.grpc.ws;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.util.AsciiString;

/**
 * Teaches a gRPC channel how its connections begin:
 *
 * <pre>
 * (TLS) -+- native start ---------------------------------- gRPC
 *        +- http decoder - handshake - WebSocket carrier -- gRPC
 * </pre>
 *
 * What goes wrong on the way becomes one sentence in the status of the calls that wait for the connection.
 */
public final class CarrierClient {
    private CarrierClient() {}

    public static void install(NettyChannelBuilder builder, ClientCarriage carriage) {
        builder.withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                carriage.limits().connect().toMillis());
        InternalNettyChannelBuilder.setProtocolNegotiatorFactory(builder, () -> new Negotiator(carriage));
        // The authority is kas's address or a name its operator chose; both are legal here even with an underscore.
        InternalNettyChannelBuilder.disableCheckAuthority(builder);
    }

    private static final class Negotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
        private final ClientCarriage carriage;

        Negotiator(ClientCarriage carriage) {
            this.carriage = carriage;
        }

        @Override
        public AsciiString scheme() {
            // The inner connection of a secure WebSocket is cleartext.
            boolean tls = carriage.tls().isPresent() && carriage.webSocket().isEmpty();
            return AsciiString.cached(tls ? "https" : "http");
        }

        @Override
        public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
            ChannelHandler grpcStep = InternalProtocolNegotiators.grpcNegotiationHandler(grpc);
            Step last = carriage.webSocket()
                    .<Step>map(handshake -> new ClientHandshakeStep(carriage, handshake, grpcStep))
                    .orElseGet(() -> new NativeStartStep(carriage, grpcStep));
            ChannelHandler first = carriage.tls().isPresent() ? new TlsConnectStep(carriage, last) : last;
            return InternalProtocolNegotiators.waitUntilActiveHandler(first, grpc.getNegotiationLogger());
        }

        @Override
        public void close() {}
    }
}
