package io.fairlead.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs beside a test. Closing asks it to end, and kills it with its children when it does not. */
public final class Background implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int LINES_SHOWN = 40;

    private final Process process;
    private final Path log;
    private final long startedNanos;

    Background(Process process, Path log, long startedNanos) {
        this.process = process;
        this.log = log;
        this.startedNanos = startedNanos;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    public ProcessFigures figures() {
        return new ProcessFigures(process.pid());
    }

    /**
     * Waits until the program has written {@code file}.
     *
     * @return from the program's start to the file's appearance
     */
    public Duration awaitFile(Path file, Duration atMost) {
        while (!Files.exists(file)) {
            Duration waited = Duration.ofNanos(System.nanoTime() - startedNanos);
            if (!alive() || waited.compareTo(atMost) > 0) {
                throw new AssertionError((alive() ? "not ready within " + atMost : "ended with " + process.exitValue())
                        + ", the end of " + log + ":\n" + logEnd());
            }
            pause();
        }
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** Kills it at once, as a crash would. */
    public void kill() {
        killTree(process.toHandle());
        awaitEnd(GRACE);
    }

    @Override
    public void close() {
        process.destroy();
        if (!awaitEnd(GRACE)) {
            kill();
        }
    }

    public boolean awaitEnd(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public String logEnd() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void killTree(ProcessHandle handle) {
        List<ProcessHandle> children = handle.descendants().toList();
        handle.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a program", e);
        }
    }
}
