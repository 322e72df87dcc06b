package io.fairlead.base.token;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.time.Scheduler;
import io.fairlead.base.time.Scheduler.Scheduled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A token in a file that somebody else replaces, the kubelet or an operator. The file is read when this is made and then
 * once a period by the scheduler, so that {@link #current} may be asked on event loops. While it cannot be read the last
 * token stays in use.
 */
public final class TokenFile implements Stage {
    private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

    /** A service account's JWT has 1 to 2 KB; a longer file is another one by mistake. */
    private static final int BYTES_MAX = 16 * 1024;

    private final Path file;
    private final Duration period;
    private final Scheduler scheduler;
    // Written by the scheduler's thread, read by every event loop.
    private volatile String token;
    private @Nullable Scheduled next;
    private boolean closed;

    /**
     * The token in {@code file}, which must be there now.
     *
     * @throws FairleadException {@code token.unreadable} when the file is absent, or holds no token
     */
    public TokenFile(Path file, Duration period, Scheduler scheduler) {
        this.file = file;
        this.period = period;
        this.scheduler = scheduler;
        try {
            this.token = read();
        } catch (IOException e) {
            throw new FairleadException(
                    "token.unreadable", "the token file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The token that {@code text} is, without the white space around it.
     *
     * @throws IOException when there is none, or it has a character that no token has
     */
    public static String checked(String text) throws IOException {
        String token = text.strip();
        if (token.isEmpty()) {
            throw new IOException("it is empty");
        }
        if (!token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IOException("it holds more than a token: a space, a line break or a character beyond ASCII");
        }
        return token;
    }

    @Override
    public synchronized void start() {
        plan();
    }

    /** The token to use now. Never blocks. */
    public String current() {
        return token;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "token from " + file;
    }

    private synchronized void readAgain() {
        try {
            token = read();
        } catch (IOException e) {
            log.warn("token file {} cannot be read; the last token stays in use: {}", file, e.toString());
        } finally {
            plan();
        }
    }

    private void plan() {
        if (!closed) {
            next = scheduler.schedule(period, this::readAgain);
        }
    }

    private String read() throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("it has more than " + BYTES_MAX + " bytes, which no token has");
        }
        // Not readString: bytes that are no text are a wrong file, to be said as such.
        return checked(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    }
}
