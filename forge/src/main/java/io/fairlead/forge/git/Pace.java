package io.fairlead.forge.git;

import io.fairlead.base.time.Deadline;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How slow a client may be that holds a slot: each minute must move {@value #BYTES_PER_WINDOW} bytes, 8 KiB a second. One that
 * is silent is ended by its connection's own limits.
 */
final class Pace {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int BYTES_PER_WINDOW = 60 * 8 * 1024;

    private Deadline end = Deadline.in(WINDOW);
    private long bytes;

    private void moved(int count) throws IOException {
        bytes += count;
        if (end.passed()) {
            if (bytes < BYTES_PER_WINDOW) {
                throw new IOException("the client is too slow: " + bytes + " bytes in " + WINDOW.toSeconds() + " s");
            }
            end = Deadline.in(WINDOW);
            bytes = 0;
        }
    }

    static OutputStream of(OutputStream out) {
        Pace pace = new Pace();
        return new FilterOutputStream(out) {
            @Override
            public void write(int one) throws IOException {
                out.write(one);
                pace.moved(1);
            }

            @Override
            public void write(byte[] many, int from, int count) throws IOException {
                out.write(many, from, count);
                pace.moved(count);
            }
        };
    }

    /** A client's side of a conversation, whose pace counts from {@link #begin} on: before that it may think. */
    static final class Input extends FilterInputStream {
        private @Nullable Pace pace;

        Input(InputStream in) {
            super(in);
        }

        void begin() {
            pace = new Pace();
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            moved(1);
            return one;
        }

        @Override
        public int read(byte[] into, int from, int wanted) throws IOException {
            int count = super.read(into, from, wanted);
            moved(Math.max(0, count));
            return count;
        }

        private void moved(int count) throws IOException {
            if (pace != null) {
                pace.moved(count);
            }
        }
    }
}
