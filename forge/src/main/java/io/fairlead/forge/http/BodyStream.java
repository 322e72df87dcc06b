package io.fairlead.forge.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.jetty.util.NanoTime;

/** A request's body that knows whether it was read to its end. Used by one thread. */
final class BodyStream extends FilterInputStream {
    private static final int SKIP_MAX = 64 * 1024;

    /** Someone who sends a byte a minute must not keep a thread for ever. */
    private static final long BYTES_PER_SECOND_MIN = 100;

    private static final long GRACE_SECONDS = 30;

    private final long length;
    private long count;
    private boolean ended;
    private final long began = NanoTime.now();

    /** @param length as declared, -1 when the body's end is not known before */
    BodyStream(InputStream in, long length) {
        super(in);
        this.length = length;
        this.ended = length == 0;
    }

    @Override
    public int read() throws IOException {
        int b = super.read();
        note(b < 0 ? -1 : 1);
        return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        int got = super.read(bytes, offset, wanted);
        note(got);
        return got;
    }

    private void note(int got) throws IOException {
        if (got > 0) {
            count += got;
        }
        ended = ended || got < 0 || count == length;
        long seconds = NanoTime.secondsSince(began);
        if (!ended && seconds > GRACE_SECONDS && count < (seconds - GRACE_SECONDS) * BYTES_PER_SECOND_MIN) {
            throw new IOException("the body came too slowly: " + count + " bytes in " + seconds + " s");
        }
    }

    /**
     * Whether the connection can take another request: reads on when little is left. With more left the answer must say
     * that the connection ends, or the client would send its next request into a closing one.
     */
    boolean readToEnd() {
        try {
            if (!ended && length >= 0 && length - count <= SKIP_MAX) {
                skipNBytes(length - count);
                ended = true;
            }
        } catch (IOException e) {
            return false;
        }
        return ended;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
