package io.fairlead.forge.http;

import io.fairlead.forge.api.SlowBodyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.NanoTime;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that knows whether it was read to its end, and waits for a client only so long: {@code stallMax} for the
 * next byte, and on the whole at the {@link Pace} of its length. Used by one thread.
 */
final class BodyStream extends InputStream {
    /** What is read and thrown away so that a client that still sends sees its answer. */
    private static final int SKIP_MAX = 64 * 1024;

    private static final Duration SKIP_TIME_MAX = Duration.ofSeconds(1);

    /** How fast a body must come on the whole, once {@code grace} is over: it keeps a thread, and perhaps a Git slot. */
    enum Pace {
        SMALL(100, Duration.ofSeconds(30)),
        /** Of a body that is long or does not say how long it is: at the lower pace a gigabyte would take months. */
        LARGE(8 * 1024, Duration.ofSeconds(60));

        private static final long SMALL_MAX = 1024 * 1024;

        private final long bytesPerSecondMin;
        private final Duration grace;

        Pace(long bytesPerSecondMin, Duration grace) {
            this.bytesPerSecondMin = bytesPerSecondMin;
            this.grace = grace;
        }

        /** @param length as announced; negative when it is not known */
        static Pace of(long length) {
            return length < 0 || length > SMALL_MAX ? LARGE : SMALL;
        }

        boolean tooSlow(long bytes, long seconds) {
            long counted = seconds - grace.toSeconds();
            return counted > 0 && bytes < counted * bytesPerSecondMin;
        }
    }

    private final Content.Source source;
    private final EndPoint connection;
    private final Duration stallMax;
    private final Pace pace;
    private final Semaphore arrived = new Semaphore(0);
    /** For the client; what we do with its bytes meanwhile is not its fault. */
    private Duration waited = Duration.ZERO;

    private Content.@Nullable Chunk chunk;
    private long count;
    private boolean ended;

    /**
     * @param connection whose silence ends a read
     * @param stallMax how long a read waits for the next byte
     */
    BodyStream(Content.Source source, EndPoint connection, Duration stallMax) {
        this.source = source;
        this.connection = connection;
        this.stallMax = stallMax;
        this.pace = Pace.of(source.getLength());
        this.ended = source.getLength() == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int got = read(one, 0, 1);
        return got < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) throws IOException {
        if (wanted == 0) {
            return 0;
        }
        Content.Chunk here = here(stallMax);
        if (here == null) {
            return -1;
        }
        int got = here.get(bytes, offset, wanted);
        count += got;
        long seconds = waited.toSeconds();
        if (pace.tooSlow(count, seconds)) {
            throw new SlowBodyException("the body came too slowly: " + count + " bytes in " + seconds + " s");
        }
        return got;
    }

    @Override
    public int available() {
        return chunk == null ? 0 : chunk.remaining();
    }

    /** A piece with at least a byte; null at the end. Waits {@code max} for it. */
    private Content.@Nullable Chunk here(Duration max) throws IOException {
        while (!ready()) {
            if (ended) {
                return null;
            }
            await(max);
        }
        return chunk;
    }

    /** Whether a byte is there, without waiting. */
    private boolean ready() throws IOException {
        Content.Chunk current = chunk;
        while (current == null || !current.hasRemaining()) {
            if (current != null) {
                chunk = null;
                current.release();
            }
            if (ended) {
                return false;
            }
            current = source.read();
            if (current == null) {
                return false;
            }
            if (Content.Chunk.isFailure(current)) {
                throw new IOException("the body broke off after " + count + " bytes", current.getFailure());
            }
            ended = current.isLast();
            chunk = current;
        }
        return true;
    }

    /** Only while we wait for the client is its silence a fault: who receives a pack may be busy with it for minutes. */
    private void await(Duration max) throws IOException {
        long usual = connection.getIdleTimeout();
        long since = NanoTime.now();
        connection.setIdleTimeout(max.toMillis());
        try {
            source.demand(arrived::release);
            arrived.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a body was awaited");
        } finally {
            waited = waited.plusNanos(NanoTime.since(since));
            connection.setIdleTimeout(usual);
        }
        try {
            ready();
        } catch (IOException e) {
            // A client that went away fails at once, one that is silent after its time.
            if (NanoTime.millisSince(since) < max.toMillis() / 2) {
                throw e;
            }
            SlowBodyException slow = new SlowBodyException("no byte of the body came for " + max.toSeconds() + " s, "
                    + count + " had come" + (source.getLength() < 0 ? "" : " of " + source.getLength()));
            slow.initCause(e);
            throw slow;
        }
    }

    /**
     * Whether the connection can take another request: passes over what has come already, without waiting. With more left
     * the answer must say that the connection ends, or the client would send its next request into a closing one.
     */
    boolean endsHere() {
        try {
            for (int passed = 0; passed < SKIP_MAX && ready(); ) {
                passed += passOver();
            }
            return ended && available() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads on for a moment after the answer: closing a connection in which something is unread would make the client's
     * system throw the answer away.
     */
    void linger() {
        long until = NanoTime.now() + SKIP_TIME_MAX.toNanos();
        try {
            for (int passed = 0; passed < SKIP_MAX; passed += passOver()) {
                long millis = NanoTime.millisUntil(until);
                if (millis <= 0 || here(Duration.ofMillis(millis)) == null) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client had its moment, or is gone.
            ended = false;
        }
    }

    private int passOver() {
        Content.Chunk current = chunk;
        int bytes = current == null ? 0 : (int) current.skip(current.remaining());
        count += bytes;
        return bytes;
    }

    @Override
    public void close() {
        // What is left is passed over by whoever answers.
    }
}
