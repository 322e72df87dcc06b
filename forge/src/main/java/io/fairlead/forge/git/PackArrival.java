package io.fairlead.forge.git;

import io.fairlead.forge.repository.PackBounds;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Lets packs in when their first bytes are there, not before, and those of many objects one after another. */
final class PackArrival {
    /** A pack begins with a mark, its version and the number of objects. */
    static final int HEADER_BYTES = 12;

    private static final int COUNT_BEGIN = 8;
    private static final int MANY_SHARE = 10;
    private static final Duration WAIT_MAX = Duration.ofMinutes(2);

    private final long many = PackBounds.ofThisProcess().objects() / MANY_SHARE;
    private final GitSlots large = new GitSlots(1, WAIT_MAX);

    /**
     * Waits for the header of the pack that comes; the stream is as it was then.
     *
     * @return to be closed when the pack was taken
     */
    GitSlots.Slot await(PushbackInputStream in, String client) throws IOException {
        byte[] header = in.readNBytes(HEADER_BYTES);
        in.unread(header);
        boolean few = header.length < HEADER_BYTES
                || Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(COUNT_BEGIN)) < many;
        return few ? () -> {} : large.takeOrRefuse(client);
    }
}
