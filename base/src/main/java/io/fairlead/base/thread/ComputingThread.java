package io.fairlead.base.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * For work that computes for long. A virtual thread keeps a processor until it waits for something, so a few that compute make
 * all others wait; the kernel shares processors out among platform threads whatever these do.
 */
public final class ComputingThread {
    private ComputingThread() {}

    /** Such work. */
    @FunctionalInterface
    public interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Does {@code work} on a platform thread of its own and waits for its end. An interruption is passed on to it, and told to
     * the caller when it has ended.
     */
    public static <T> T run(String name, Work<T> work) throws IOException {
        Callable<T> callable = work::run;
        FutureTask<T> task = new FutureTask<>(callable);
        Thread thread = Thread.ofPlatform().name(name).daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt();
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The same for work that reads and writes nothing. */
    public static <T> T compute(String name, Supplier<T> work) {
        try {
            return run(name, work::get);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins it beside the caller. */
    public static Thread start(String name, Runnable work) {
        return Thread.ofPlatform().name(name).daemon().start(work);
    }
}
