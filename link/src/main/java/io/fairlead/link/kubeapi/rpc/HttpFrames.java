package io.fairlead.link.kubeapi.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.rpc.Varint;
import io.fairlead.wire.grpc.StreamOrder;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

    private static final int DATA_TAG = 0x12;
    private static final int UPGRADED_TAG = 0x22;
    private static final int BYTES_TAG = 0x0a;
    private static final byte[] TRAILER = {0x1a, 0};

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
        HttpFrame<Grpctool.HttpRequest.Header> chunk = chunk(message);
        if (chunk != null) {
            return chunk;
        }
        try {
            Grpctool.HttpRequest parsed = Grpctool.HttpRequest.parseFrom(message.nioBuffer());
            return switch (parsed.getMessageCase()) {
                case HEADER -> new HttpFrame.Head<>(parsed.getHeader());
                case DATA -> new HttpFrame.Data<>(copy(parsed.getData().getData()));
                case TRAILER -> new HttpFrame.Trailer<>();
                case UPGRADEDATA ->
                    new HttpFrame.Upgraded<>(copy(parsed.getUpgradeData().getData()));
                case MESSAGE_NOT_SET -> throw unset("HttpRequest");
            };
        } catch (InvalidProtocolBufferException e) {
            throw unreadable("HttpRequest", e);
        } finally {
            message.release();
        }
    }

    /** Reads one message of an answer; releases {@code message} or keeps it as the chunk it holds. */
    public static HttpFrame<Grpctool.HttpResponse.Header> response(ByteBuf message) {
        HttpFrame<Grpctool.HttpResponse.Header> chunk = chunk(message);
        if (chunk != null) {
            return chunk;
        }
        try {
            Grpctool.HttpResponse parsed = Grpctool.HttpResponse.parseFrom(message.nioBuffer());
            return switch (parsed.getMessageCase()) {
                case HEADER -> new HttpFrame.Head<>(parsed.getHeader());
                case DATA -> new HttpFrame.Data<>(copy(parsed.getData().getData()));
                case TRAILER -> new HttpFrame.Trailer<>();
                case UPGRADEDATA ->
                    new HttpFrame.Upgraded<>(copy(parsed.getUpgradeData().getData()));
                case MESSAGE_NOT_SET -> throw unset("HttpResponse");
            };
        } catch (InvalidProtocolBufferException e) {
            throw unreadable("HttpResponse", e);
        } finally {
            message.release();
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

    private static RuntimeException unset(String message) {
        return Status.INVALID_ARGUMENT
                .withDescription(message + " came with none of its members set")
                .asRuntimeException();
    }

    private static RuntimeException unreadable(String message, InvalidProtocolBufferException cause) {
        return Status.INVALID_ARGUMENT
                .withDescription(message + " cannot be read: " + cause.getMessage())
                .withCause(cause)
                .asRuntimeException();
    }
}
