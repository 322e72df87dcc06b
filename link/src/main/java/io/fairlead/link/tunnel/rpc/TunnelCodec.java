package io.fairlead.link.tunnel.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The tunnel's method for either side, with marshallers that know the one message on the hot path.
 *
 * <p>A chunk of somebody's body travels as ConnectRequest.message or ConnectResponse.message, a field within a field. When
 * the bytes have exactly that shape they are sliced, not parsed; any other legal coding of the same message goes through
 * protobuf and means the same.
 */
public final class TunnelCodec {
    /** The order of what agentk sends. */
    public static final StreamOrder AGENT_ORDER =
            StreamOrder.of(ConnectRequest.getDescriptor().getOneofs().getFirst());
    /** The order of what kas sends. */
    public static final StreamOrder KAS_ORDER =
            StreamOrder.of(ConnectResponse.getDescriptor().getOneofs().getFirst());

    private static final int LENGTH_DELIMITED = 2;
    /** An agent's words are shown to people and written to the log. */
    private static final int ERROR_CHARACTERS_MAX = 1024;

    private static final FrameReading<AgentFrame> FROM_AGENT = new FrameReading<>(
            ConnectRequest.MESSAGE_FIELD_NUMBER, body -> body, malformed -> malformed, TunnelCodec::agentMember);
    private static final FrameReading<KasFrame> FROM_KAS = new FrameReading<>(
            ConnectResponse.MESSAGE_FIELD_NUMBER, body -> body, malformed -> malformed, TunnelCodec::kasMember);

    private TunnelCodec() {}

    /** Connect as kas serves it: agent frames come in, wrapped frames go out. */
    public static MethodDescriptor<AgentFrame, OutgoingFrame> served() {
        return method(FROM_AGENT, new FrameWriting(tag(ConnectResponse.MESSAGE_FIELD_NUMBER)));
    }

    /** Connect as agentk calls it. */
    public static MethodDescriptor<OutgoingFrame, KasFrame> called() {
        return method(new FrameWriting(tag(ConnectRequest.MESSAGE_FIELD_NUMBER)), FROM_KAS);
    }

    private static <Q, R> MethodDescriptor<Q, R> method(
            MethodDescriptor.Marshaller<Q> request, MethodDescriptor.Marshaller<R> response) {
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(ReverseTunnelGrpc.getConnectMethod().getFullMethodName())
                .setRequestMarshaller(request)
                .setResponseMarshaller(response)
                .build();
    }

    /** The first byte of a field of this number that holds bytes. */
    static int tag(int field) {
        return field << 3 | LENGTH_DELIMITED;
    }

    /** Reads one agent frame and releases {@code bytes}, or keeps it as the body it holds. */
    static AgentFrame agentFrame(ByteBuf bytes) {
        return FROM_AGENT.read(bytes);
    }

    /** Reads one kas frame and releases {@code bytes}, or keeps it as the body it holds. */
    static KasFrame kasFrame(ByteBuf bytes) {
        return FROM_KAS.read(bytes);
    }

    private static AgentFrame agentMember(ByteBuffer bytes) throws InvalidProtocolBufferException {
        ConnectRequest request = ConnectRequest.parseFrom(bytes);
        return switch (request.getMsgCase()) {
            case API_DESCRIPTOR ->
                new AgentFrame.Describe(request.getApiDescriptor().getAgentDescriptor());
            case HEADER -> new AgentFrame.Head(request.getHeader());
            case MESSAGE ->
                body(request.getMsgCase().getNumber(), request.getMessage().getData());
            case TRAILER -> new AgentFrame.Trail(request.getTrailer());
            case ERROR -> failed(request.getError().getStatus());
            case MSG_NOT_SET -> unset("ConnectRequest");
        };
    }

    private static AgentFrame failed(com.google.rpc.Status error) {
        return known(error).<AgentFrame>map(AgentFrame.Failed::new).orElseGet(() -> unknownCode(error));
    }

    static TunnelFrame.Malformed unknownCode(com.google.rpc.Status error) {
        return new TunnelFrame.Malformed(Status.INVALID_ARGUMENT.withDescription(
                "an error came with the code " + error.getCode() + ", which gRPC does not have"));
    }

    /** An error that says what its code means; one of an unknown code, or of none, is no error that can be passed on. */
    static Optional<Status> known(com.google.rpc.Status error) {
        int code = error.getCode();
        if (code <= Status.Code.OK.value() || code > Status.Code.UNAUTHENTICATED.value()) {
            return Optional.empty();
        }
        String text = error.getMessage();
        int end = Math.min(text.length(), ERROR_CHARACTERS_MAX);
        return Optional.of(Status.fromCodeValue(code).withDescription(text.substring(0, end)));
    }

    private static KasFrame kasMember(ByteBuffer bytes) throws InvalidProtocolBufferException {
        ConnectResponse response = ConnectResponse.parseFrom(bytes);
        return switch (response.getMsgCase()) {
            case REQUEST_INFO -> new KasFrame.Open(response.getRequestInfo());
            case MESSAGE ->
                body(response.getMsgCase().getNumber(), response.getMessage().getData());
            case CLOSE_SEND -> new KasFrame.HalfClose();
            case MSG_NOT_SET -> unset("ConnectResponse");
        };
    }

    static TunnelFrame.Body body(int field, ByteString data) {
        return new TunnelFrame.Body(field, Unpooled.wrappedBuffer(data.asReadOnlyByteBuffer()));
    }

    static TunnelFrame.Malformed unset(String message) {
        return new TunnelFrame.Malformed(
                Status.INVALID_ARGUMENT.withDescription(message + " came with none of its members set"));
    }
}
