package io.fairlead.link.tunnel.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Function;

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

    private static final int MESSAGE_DATA_TAG = 0x0a;
    private static final int LENGTH_DELIMITED = 2;
    /** An agent's words are shown to people and written to the log. */
    private static final int ERROR_CHARACTERS_MAX = 1024;

    private static final byte[] NO_BYTES = {};

    private static final Reading<AgentFrame> FROM_AGENT = new Reading<>(
            ConnectRequest.MESSAGE_FIELD_NUMBER, body -> body, malformed -> malformed, TunnelCodec::agentMember);
    private static final Reading<KasFrame> FROM_KAS = new Reading<>(
            ConnectResponse.MESSAGE_FIELD_NUMBER, body -> body, malformed -> malformed, TunnelCodec::kasMember);

    private TunnelCodec() {}

    /** Connect as kas serves it: agent frames come in, wrapped frames go out. */
    public static MethodDescriptor<AgentFrame, OutgoingFrame> served() {
        return method(FROM_AGENT, new Writing(tag(ConnectResponse.MESSAGE_FIELD_NUMBER)));
    }

    /** Connect as agentk calls it. */
    public static MethodDescriptor<OutgoingFrame, KasFrame> called() {
        return method(new Writing(tag(ConnectRequest.MESSAGE_FIELD_NUMBER)), FROM_KAS);
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
    private static int tag(int field) {
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

    /** An error that says what its code means; one of an unknown code, or of none, is no error that can be passed on. */
    private static AgentFrame failed(com.google.rpc.Status error) {
        int code = error.getCode();
        if (code <= Status.Code.OK.value() || code > Status.Code.UNAUTHENTICATED.value()) {
            return new TunnelFrame.Malformed(Status.INVALID_ARGUMENT.withDescription(
                    "an error came with the code " + code + ", which gRPC does not have"));
        }
        String text = error.getMessage();
        int end = Math.min(text.length(), ERROR_CHARACTERS_MAX);
        return new AgentFrame.Failed(Status.fromCodeValue(code).withDescription(text.substring(0, end)));
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

    private static TunnelFrame.Body body(int field, ByteString data) {
        return new TunnelFrame.Body(field, Unpooled.wrappedBuffer(data.asReadOnlyByteBuffer()));
    }

    private static TunnelFrame.Malformed unset(String message) {
        return new TunnelFrame.Malformed(
                Status.INVALID_ARGUMENT.withDescription(message + " came with none of its members set"));
    }

    private static Status unreadable(IOException cause) {
        return Status.INVALID_ARGUMENT
                .withDescription("a tunnel message cannot be read: " + cause.getMessage())
                .withCause(cause);
    }

    /** Reads the one message that a frame may be of. */
    @FunctionalInterface
    private interface Member<F> {
        F of(ByteBuffer bytes) throws InvalidProtocolBufferException;
    }

    /**
     * One side's incoming half.
     *
     * @param messageField where that side puts a gRPC message
     * @param member reads any other frame, and this one in any other coding
     */
    private record Reading<F>(
            int messageField,
            Function<TunnelFrame.Body, F> body,
            Function<TunnelFrame.Malformed, F> malformed,
            Member<F> member)
            implements MethodDescriptor.Marshaller<F> {
        F read(ByteBuf bytes) {
            if (Varint.enterOnlyField(bytes, tag(messageField)) && entered(bytes)) {
                return body.apply(new TunnelFrame.Body(messageField, bytes));
            }
            try {
                return member.of(bytes.readerIndex(0).nioBuffer());
            } catch (InvalidProtocolBufferException e) {
                return malformed.apply(new TunnelFrame.Malformed(unreadable(e)));
            } finally {
                bytes.release();
            }
        }

        /** An empty gRPC message is a legal one: its field is then absent. */
        private static boolean entered(ByteBuf bytes) {
            return !bytes.isReadable() || Varint.enterOnlyField(bytes, MESSAGE_DATA_TAG);
        }

        @Override
        public InputStream stream(F value) {
            throw new IllegalStateException("this side only receives " + value);
        }

        @Override
        public F parse(InputStream stream) {
            try {
                return read(copied(stream));
            } catch (IOException e) {
                throw unreadable(e).asRuntimeException();
            }
        }
    }

    /** One side's outgoing half; {@code messageTag} is where that side puts a gRPC message. */
    private record Writing(int messageTag) implements MethodDescriptor.Marshaller<OutgoingFrame> {
        @Override
        public InputStream stream(OutgoingFrame frame) {
            return switch (frame) {
                case OutgoingFrame.Ready(byte[] bytes) -> new FrameStream(NO_BYTES, bytes, Unpooled.EMPTY_BUFFER);
                case OutgoingFrame.Wrapped(OutgoingMessage message) -> {
                    int inner = message.size();
                    int data = inner == 0 ? 0 : 1 + Varint.size(inner) + inner;
                    byte[] outer = new byte[1 + Varint.size(data) + data - inner];
                    outer[0] = (byte) messageTag;
                    int at = Varint.put(outer, 1, data);
                    if (inner > 0) {
                        outer[at] = MESSAGE_DATA_TAG;
                        Varint.put(outer, at + 1, inner);
                    }
                    yield new FrameStream(outer, message.framing(), message.payload());
                }
            };
        }

        @Override
        public OutgoingFrame parse(InputStream stream) {
            throw new IllegalStateException("this side only sends");
        }
    }

    /** Copies a message out of gRPC's buffers into one of ours, in one pass when gRPC shows its buffers. */
    private static ByteBuf copied(InputStream stream) throws IOException {
        int known = stream instanceof KnownLength ? stream.available() : 256;
        ByteBuf bytes = ByteBufAllocator.DEFAULT.directBuffer(Math.max(known, 16));
        try {
            if (stream instanceof HasByteBuffer buffers && buffers.byteBufferSupported()) {
                for (ByteBuffer next = buffers.getByteBuffer(); next != null; next = buffers.getByteBuffer()) {
                    int length = next.remaining();
                    bytes.writeBytes(next);
                    long skipped = stream.skip(length);
                    if (skipped != length) {
                        throw new IOException("a buffer of " + length + " bytes held " + skipped);
                    }
                }
            } else {
                // Compressed by the other side; gRPC bounds the length before it gets here.
                byte[] part = new byte[8 * 1024];
                for (int length = stream.read(part); length >= 0; length = stream.read(part)) {
                    bytes.writeBytes(part, 0, length);
                }
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            bytes.release();
            throw e;
        }
    }
}
