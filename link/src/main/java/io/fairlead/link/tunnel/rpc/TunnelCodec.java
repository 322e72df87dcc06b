package io.fairlead.link.tunnel.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
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
    private static final int AGENT_MESSAGE_TAG = 0x1a;
    private static final int KAS_MESSAGE_TAG = 0x12;
    private static final byte[] NO_BYTES = {};

    private TunnelCodec() {}

    /** Connect as kas serves it: agent frames come in, wrapped frames go out. */
    public static MethodDescriptor<AgentFrame, OutgoingFrame> served() {
        return method(new Reading<>(TunnelCodec::agentFrame), new Writing(KAS_MESSAGE_TAG));
    }

    /** Connect as agentk calls it. */
    public static MethodDescriptor<OutgoingFrame, KasFrame> called() {
        return method(new Writing(AGENT_MESSAGE_TAG), new Reading<>(TunnelCodec::kasFrame));
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

    /** Reads one agent frame and releases {@code bytes}, or keeps it as the body it holds. */
    static AgentFrame agentFrame(ByteBuf bytes) {
        if (Varint.enterOnlyField(bytes, AGENT_MESSAGE_TAG) && entered(bytes)) {
            return new AgentFrame.Body(bytes);
        }
        try {
            ConnectRequest request =
                    ConnectRequest.parseFrom(bytes.readerIndex(0).nioBuffer());
            return switch (request.getMsgCase()) {
                case API_DESCRIPTOR ->
                    new AgentFrame.Describe(request.getApiDescriptor().getAgentDescriptor());
                case HEADER -> new AgentFrame.Head(request.getHeader());
                case MESSAGE -> new AgentFrame.Body(copy(request.getMessage().getData()));
                case TRAILER -> new AgentFrame.Trail(request.getTrailer());
                case ERROR ->
                    new AgentFrame.Failed(StatusProto.toStatusRuntimeException(
                                    request.getError().getStatus())
                            .getStatus());
                case MSG_NOT_SET -> new AgentFrame.Malformed(unset("ConnectRequest"));
            };
        } catch (InvalidProtocolBufferException e) {
            return new AgentFrame.Malformed(unreadable(e));
        } finally {
            bytes.release();
        }
    }

    /** Reads one kas frame and releases {@code bytes}, or keeps it as the body it holds. */
    static KasFrame kasFrame(ByteBuf bytes) {
        if (Varint.enterOnlyField(bytes, KAS_MESSAGE_TAG) && entered(bytes)) {
            return new KasFrame.Body(bytes);
        }
        try {
            ConnectResponse response =
                    ConnectResponse.parseFrom(bytes.readerIndex(0).nioBuffer());
            return switch (response.getMsgCase()) {
                case REQUEST_INFO -> new KasFrame.Open(response.getRequestInfo());
                case MESSAGE -> new KasFrame.Body(copy(response.getMessage().getData()));
                case CLOSE_SEND -> new KasFrame.HalfClose();
                case MSG_NOT_SET -> new KasFrame.Malformed(unset("ConnectResponse"));
            };
        } catch (InvalidProtocolBufferException e) {
            return new KasFrame.Malformed(unreadable(e));
        } finally {
            bytes.release();
        }
    }

    /** An empty gRPC message is a legal one: its field is then absent. */
    private static boolean entered(ByteBuf bytes) {
        return !bytes.isReadable() || Varint.enterOnlyField(bytes, MESSAGE_DATA_TAG);
    }

    private static ByteBuf copy(ByteString data) {
        return Unpooled.wrappedBuffer(data.asReadOnlyByteBuffer());
    }

    private static Status unset(String message) {
        return Status.INVALID_ARGUMENT.withDescription(message + " came with none of its members set");
    }

    private static Status unreadable(IOException cause) {
        return Status.INVALID_ARGUMENT
                .withDescription("a tunnel message cannot be read: " + cause.getMessage())
                .withCause(cause);
    }

    /** One side's incoming half. */
    private record Reading<T>(Function<ByteBuf, T> parser) implements MethodDescriptor.Marshaller<T> {
        @Override
        public InputStream stream(T value) {
            throw new IllegalStateException("this side only receives " + value);
        }

        @Override
        public T parse(InputStream stream) {
            try {
                return parser.apply(read(stream));
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
    private static ByteBuf read(InputStream stream) throws IOException {
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
