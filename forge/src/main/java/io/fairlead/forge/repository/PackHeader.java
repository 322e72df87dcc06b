package io.fairlead.forge.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;

/** What a pack begins with: a mark, its version and the number of objects it claims to hold. */
public final class PackHeader {
    private static final int BYTES = 12;
    private static final int COUNT_BEGIN = 8;

    private PackHeader() {}

    /** The same stream, of which {@link #objects} can be asked. */
    public static PushbackInputStream before(InputStream in) {
        return new PushbackInputStream(in, BYTES);
    }

    /** Waits for the header and leaves the stream as it was; 0 when it ends before. */
    public static long objects(PushbackInputStream in) throws IOException {
        byte[] header = in.readNBytes(BYTES);
        in.unread(header);
        return header.length < BYTES
                ? 0
                : Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(COUNT_BEGIN));
    }
}
