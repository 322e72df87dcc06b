package io.fairlead.kube.connection;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.time.Scheduler;
import io.fairlead.base.time.Scheduler.Scheduled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bearer token in a file that the kubelet replaces before it expires. The file is read again every 30 seconds; while it
 * cannot be read the last token stays in use.
 */
public final class RotatingToken implements BearerToken, Stage {
    static final Duration READ_PERIOD = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(RotatingToken.class);

    private final Path file;
    private final Scheduler scheduler;
    // Written by the scheduler's thread, read by every event loop.
    private volatile Optional<String> token = Optional.empty();
    private @Nullable Scheduled next;
    private boolean closed;

    public RotatingToken(Path file, Scheduler scheduler) {
        this.file = file;
        this.scheduler = scheduler;
    }

    @Override
    public synchronized void start() {
        try {
            token = Optional.of(read());
        } catch (IOException e) {
            throw new FairleadException(
                    "kube.token-unreadable", "the token file " + file + " cannot be read: " + e.getMessage(), e);
        }
        plan();
    }

    @Override
    public Optional<String> current() {
        return token;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
    }

    private synchronized void readAgain() {
        try {
            token = Optional.of(read());
        } catch (IOException e) {
            log.warn("token file {} cannot be read; the last token stays in use", file, e);
        }
        plan();
    }

    private void plan() {
        if (!closed) {
            next = scheduler.schedule(READ_PERIOD, this::readAgain);
        }
    }

    private String read() throws IOException {
        String text = Files.readString(file).strip();
        if (text.isEmpty()) {
            throw new IOException("it is empty");
        }
        return text;
    }
}
