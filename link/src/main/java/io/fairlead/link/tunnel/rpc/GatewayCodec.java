package io.fairlead.link.tunnel.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A method of the agent's as one kas serves it to another: what the client says passes as it is, after an empty
 * StartStreaming; what the agent answers is wrapped in GatewayKasResponse. Neither is parsed on its way.
 */
public final class GatewayCodec {
    /** The order of what the kas with the tunnel sends. */
    public static final StreamOrder ORDER =
            StreamOrder.of(GatewayKasResponse.getDescriptor().getOneofs().getFirst());

    /** What begins the answer: nothing of the agent's metadata is of use. */
    public static final OutgoingFrame HEAD = ready(GatewayKasResponse.newBuilder()
            .setHeader(GatewayKasResponse.Header.getDefaultInstance())
            .build());

    /** What ends it. */
    public static final OutgoingFrame TRAIL = ready(GatewayKasResponse.newBuilder()
            .setTrailer(GatewayKasResponse.Trailer.getDefaultInstance())
            .build());

    /** There is no tunnel yet. */
    public static final OutgoingFrame NONE_YET = ready(GatewayKasResponse.newBuilder()
            .setNoTunnel(GatewayKasResponse.NoTunnel.getDefaultInstance())
            .build());

    private static final byte[] NO_BYTES = {};

    private static final FrameReading<GatewayFrame> FROM_GATEWAY = new FrameReading<>(
            GatewayKasResponse.MESSAGE_FIELD_NUMBER, body -> body, malformed -> malformed, GatewayCodec::member);

    private GatewayCodec() {}

    /** A tunnel is reserved whose agent announced {@code methods}. */
    public static OutgoingFrame found(Set<String> methods) {
        return ready(GatewayKasResponse.newBuilder()
                .setTunnelReady(GatewayKasResponse.TunnelReady.newBuilder().addAllMethods(methods))
                .build());
    }

    /** The request failed so. */
    public static OutgoingFrame failed(Status status) {
        String text = status.getDescription() == null ? "" : status.getDescription();
        return ready(GatewayKasResponse.newBuilder()
                .setError(GatewayKasResponse.Error.newBuilder()
                        .setStatus(com.google.rpc.Status.newBuilder()
                                .setCode(status.getCode().value())
                                .setMessage(text)))
                .build());
    }

    private static OutgoingFrame ready(GatewayKasResponse response) {
        return new OutgoingFrame.Ready(response.toByteArray());
    }

    /** {@code service}/{@code method} as the kas with the tunnel serves it. */
    public static MethodDescriptor<ByteBuf, OutgoingFrame> served(String service, String method) {
        return method(
                service, method, new Raw(), new FrameWriting(TunnelCodec.tag(GatewayKasResponse.MESSAGE_FIELD_NUMBER)));
    }

    /** The same as the other kas calls it. */
    public static MethodDescriptor<OutgoingMessage, GatewayFrame> called(String service, String method) {
        return method(service, method, new RawSending(), FROM_GATEWAY);
    }

    private static <Q, R> MethodDescriptor<Q, R> method(
            String service,
            String method,
            MethodDescriptor.Marshaller<Q> request,
            MethodDescriptor.Marshaller<R> response) {
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
                .setRequestMarshaller(request)
                .setResponseMarshaller(response)
                .build();
    }

    private static GatewayFrame member(ByteBuffer bytes) throws InvalidProtocolBufferException {
        GatewayKasResponse response = GatewayKasResponse.parseFrom(bytes);
        return switch (response.getMsgCase()) {
            case TUNNEL_READY ->
                new GatewayFrame.Found(Set.copyOf(response.getTunnelReady().getMethodsList()));
            case NO_TUNNEL -> new GatewayFrame.NoneYet();
            case HEADER -> new GatewayFrame.Head();
            case MESSAGE ->
                TunnelCodec.body(
                        response.getMsgCase().getNumber(), response.getMessage().getData());
            case TRAILER -> new GatewayFrame.Trail();
            case ERROR ->
                TunnelCodec.known(response.getError().getStatus())
                        .<GatewayFrame>map(GatewayFrame.Failed::new)
                        .orElseGet(() ->
                                TunnelCodec.unknownCode(response.getError().getStatus()));
            case MSG_NOT_SET -> TunnelCodec.unset("GatewayKasResponse");
        };
    }

    /** Messages that come in and are not looked into; whoever is given one releases it. */
    private record Raw() implements MethodDescriptor.Marshaller<ByteBuf> {
        @Override
        public InputStream stream(ByteBuf value) {
            throw new IllegalStateException("this side only receives");
        }

        @Override
        public ByteBuf parse(InputStream stream) {
            try {
                return FrameReading.copied(stream);
            } catch (IOException e) {
                throw Status.INVALID_ARGUMENT.withCause(e).asRuntimeException();
            }
        }
    }

    /** Messages that go out as they are. */
    private record RawSending() implements MethodDescriptor.Marshaller<OutgoingMessage> {
        @Override
        public InputStream stream(OutgoingMessage message) {
            return new FrameStream(NO_BYTES, message.framing(), message.payload());
        }

        @Override
        public OutgoingMessage parse(InputStream stream) {
            throw new IllegalStateException("this side only sends");
        }
    }

    /** StartStreaming, or any other empty message. */
    public static OutgoingMessage empty() {
        return new OutgoingMessage(NO_BYTES, Unpooled.EMPTY_BUFFER);
    }
}
