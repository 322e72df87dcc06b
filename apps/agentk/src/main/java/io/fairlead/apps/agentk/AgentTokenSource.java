package io.fairlead.apps.agentk;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The agent's token: fixed, or in a file that may be replaced. It is asked for by each new stream, also on event loops, so
 * the file is looked at once in five seconds at most; it is small and in memory where the kubelet mounts it.
 */
public final class AgentTokenSource implements Supplier<String> {
    private static final Duration READ_PERIOD = Duration.ofSeconds(5);
    /** Tokens have under 100 characters; a longer file is another one by mistake. */
    private static final int BYTES_MAX = 4096;

    private interface Reading {
        String read() throws IOException;
    }

    private final String origin;
    private final Reading reading;
    private final Scheduler time;
    private String token;
    private long readNanos;

    private AgentTokenSource(String origin, Reading reading, Scheduler time) throws IOException {
        this.origin = origin;
        this.reading = reading;
        this.time = time;
        this.token = checked(reading.read());
        this.readNanos = time.nanoTime();
    }

    /** The token in {@code file}; it must be there now. */
    public static AgentTokenSource file(Path file, Scheduler time) {
        try {
            return new AgentTokenSource(
                    file.toString(), () -> Files.size(file) > BYTES_MAX ? "" : Files.readString(file), time);
        } catch (IOException e) {
            throw new FairleadException(
                    "agent-token.unreadable", "the token file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A token that never changes, from {@code origin}. */
    public static AgentTokenSource fixed(String origin, String token, Scheduler time) {
        try {
            return new AgentTokenSource(origin, () -> token, time);
        } catch (IOException e) {
            throw new FairleadException("agent-token.malformed", e.getMessage() + " in " + origin, e);
        }
    }

    @Override
    public synchronized String get() {
        long now = time.nanoTime();
        if (now - readNanos >= READ_PERIOD.toNanos()) {
            readNanos = now;
            try {
                token = checked(reading.read());
            } catch (IOException e) {
                // A file that is being replaced is whole again in a moment; kas says if the last token is not good.
                return token;
            }
        }
        return token;
    }

    /** The token stays out of logs and messages. */
    @Override
    public String toString() {
        return "token from " + origin;
    }

    private static String checked(String text) throws IOException {
        String token = text.strip();
        if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new IOException("there is no agent token");
        }
        return token;
    }
}
