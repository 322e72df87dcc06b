package io.fairlead.link.kubeapi.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.Varint;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Codes the messages of HTTP over gRPC. A chunk is framed by a few bytes before its payload and read back as a slice; heads
 * go through protobuf. Request and answer have the same shape.
 */
public final class HttpFrames {
    /** The order of a request's messages. */
    public static final StreamOrder REQUEST_ORDER =
            StreamOrder.of(Grpctool.HttpRequest.getDescriptor().getOneofs().getFirst());
    /** The order of an answer's messages. */
    public static final StreamOrder RESPONSE_ORDER =
            StreamOrder.of(Grpctool.HttpResponse.getDescriptor().getOneofs().getFirst());

    private static final int HEADER_FIELD = 1;
    private static final int DATA_FIELD = 2;
    private static final int TRAILER_FIELD = 3;
    private static final int UPGRADED_FIELD = 4;
    private static final int DATA_TAG = 0x12;
    private static final int UPGRADED_TAG = 0x22;
    private static final int BYTES_TAG = 0x0a;
    private static final byte[] TRAILER = {0x1a, 0};

    private static final Shape<Grpctool.HttpRequest, Grpctool.HttpRequest.Header> REQUEST = new Shape<>(
            Grpctool.HttpRequest.parser(),
            message -> message.getMessageCase().getNumber(),
            Grpctool.HttpRequest::getHeader,
            message -> message.getData().getData(),
            message -> message.getUpgradeData().getData());
    private static final Shape<Grpctool.HttpResponse, Grpctool.HttpResponse.Header> RESPONSE = new Shape<>(
            Grpctool.HttpResponse.parser(),
            message -> message.getMessageCase().getNumber(),
            Grpctool.HttpResponse::getHeader,
            message -> message.getData().getData(),
            message -> message.getUpgradeData().getData());

    private HttpFrames() {}

    public static OutgoingMessage head(Grpctool.HttpRequest.Header header) {
        return OutgoingMessage.whole(
                Grpctool.HttpRequest.newBuilder().setHeader(header).build().toByteArray());
    }

    public static OutgoingMessage head(Grpctool.HttpResponse.Header header) {
        return OutgoingMessage.whole(
                Grpctool.HttpResponse.newBuilder().setHeader(header).build().toByteArray());
    }

    /** Takes ownership of {@code data}. */
    public static OutgoingMessage data(ByteBuf data) {
        return chunk(DATA_TAG, data);
    }

    /** Takes ownership of {@code data}. */
    public static OutgoingMessage upgraded(ByteBuf data) {
        return chunk(UPGRADED_TAG, data);
    }

    public static OutgoingMessage trailer() {
        return OutgoingMessage.whole(TRAILER);
    }

    private static OutgoingMessage chunk(int tag, ByteBuf data) {
        int length = data.readableBytes();
        int field = 1 + Varint.size(length) + length;
        byte[] framing = new byte[1 + Varint.size(field) + field - length];
        framing[0] = (byte) tag;
        int at = Varint.put(framing, 1, field);
        framing[at] = BYTES_TAG;
        Varint.put(framing, at + 1, length);
        return new OutgoingMessage(framing, data);
    }

    /** Reads one message of a request; releases {@code message} or keeps it as the chunk it holds. */
    public static HttpFrame<Grpctool.HttpRequest.Header> request(ByteBuf message) {
        return REQUEST.read(message);
    }

    /** Reads one message of an answer; releases {@code message} or keeps it as the chunk it holds. */
    public static HttpFrame<Grpctool.HttpResponse.Header> response(ByteBuf message) {
        return RESPONSE.read(message);
    }

    /** What protobuf's classes for a request and for an answer have in common. */
    private record Shape<M extends Message, H>(
            Parser<M> parser,
            ToIntFunction<M> member,
            Function<M, H> header,
            Function<M, ByteString> data,
            Function<M, ByteString> upgraded) {
        HttpFrame<H> read(ByteBuf message) {
            HttpFrame<H> chunk = chunk(message);
            if (chunk != null) {
                return chunk;
            }
            try {
                M parsed = parser.parseFrom(message.nioBuffer());
                return switch (member.applyAsInt(parsed)) {
                    case HEADER_FIELD -> new HttpFrame.Head<>(header.apply(parsed));
                    case DATA_FIELD -> new HttpFrame.Data<>(copy(data.apply(parsed)));
                    case TRAILER_FIELD -> new HttpFrame.Trailer<>();
                    case UPGRADED_FIELD -> new HttpFrame.Upgraded<>(copy(upgraded.apply(parsed)));
                    default -> throw refused("an HTTP message came with none of its members set", null);
                };
            } catch (InvalidProtocolBufferException e) {
                throw refused("an HTTP message cannot be read: " + e.getMessage(), e);
            } finally {
                message.release();
            }
        }
    }

    /** The message as a chunk when it is exactly one; null when protobuf must read it. */
    private static <H> @Nullable HttpFrame<H> chunk(ByteBuf message) {
        int start = message.readerIndex();
        if (Varint.enterOnlyField(message, DATA_TAG) && Varint.enterOnlyField(message, BYTES_TAG)) {
            return new HttpFrame.Data<>(message);
        }
        message.readerIndex(start);
        if (Varint.enterOnlyField(message, UPGRADED_TAG) && Varint.enterOnlyField(message, BYTES_TAG)) {
            return new HttpFrame.Upgraded<>(message);
        }
        message.readerIndex(start);
        return null;
    }

    private static ByteBuf copy(ByteString data) {
        return Unpooled.wrappedBuffer(data.asReadOnlyByteBuffer());
    }

    private static RuntimeException refused(String why, @Nullable Throwable cause) {
        return Status.INVALID_ARGUMENT.withDescription(why).withCause(cause).asRuntimeException();
    }
}
