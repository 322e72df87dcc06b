package io.fairlead.link.tunnel.rpc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.function.Function;

/**
 * One side's incoming half.
 *
 * @param messageField where that side puts a gRPC message
 * @param member reads any other frame, and this one in any other coding
 */
record FrameReading<F>(
        int messageField,
        Function<TunnelFrame.Body, F> body,
        Function<TunnelFrame.Malformed, F> malformed,
        Member<F> member)
        implements MethodDescriptor.Marshaller<F> {
    static final int MESSAGE_DATA_TAG = 0x0a;

    F read(ByteBuf bytes) {
        if (Varint.enterOnlyField(bytes, TunnelCodec.tag(messageField)) && entered(bytes)) {
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

    /** Reads the one message that a frame may be of. */
    @FunctionalInterface
    interface Member<F> {
        F of(ByteBuffer bytes) throws InvalidProtocolBufferException;
    }

    private static Status unreadable(IOException cause) {
        return Status.INVALID_ARGUMENT
                .withDescription("a tunnel message cannot be read: " + cause.getMessage())
                .withCause(cause);
    }

    /** Copies a message out of gRPC's buffers into one of ours, in one pass when gRPC shows its buffers. */
    static ByteBuf copied(InputStream stream) throws IOException {
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
