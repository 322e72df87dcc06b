package io.fairlead.link.tunnel.rpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A frame as gRPC wants to read it: its length known, its payload copied once, its payload released when closed. */
final class FrameStream extends InputStream implements KnownLength, Drainable {
    private final byte[] outer;
    private final byte[] framing;
    private final ByteBuf payload;
    private int outerRead;
    private int framingRead;
    private boolean closed;

    FrameStream(byte[] outer, byte[] framing, ByteBuf payload) {
        this.outer = outer;
        this.framing = framing;
        this.payload = payload;
    }

    @Override
    public int available() {
        return outer.length - outerRead + framing.length - framingRead + (closed ? 0 : payload.readableBytes());
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
        int drained = available();
        target.write(outer, outerRead, outer.length - outerRead);
        target.write(framing, framingRead, framing.length - framingRead);
        outerRead = outer.length;
        framingRead = framing.length;
        if (payload.isReadable()) {
            payload.readBytes(target, payload.readableBytes());
        }
        return drained;
    }

    @Override
    public int read() {
        if (outerRead < outer.length) {
            return outer[outerRead++] & 0xff;
        }
        if (framingRead < framing.length) {
            return framing[framingRead++] & 0xff;
        }
        return !closed && payload.isReadable() ? payload.readUnsignedByte() : -1;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            payload.release();
        }
    }
}
