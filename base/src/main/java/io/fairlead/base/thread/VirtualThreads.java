package io.fairlead.base.thread;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads of everything that waits; what computes for long has {@link ComputingThread}. They are made here alone, so that
 * each has a name in a thread dump and nobody keeps a pool of platform threads by accident.
 */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** A running thread with this name. */
    public static Thread start(String name, Runnable task) {
        return Thread.ofVirtual().name(name).start(task);
    }

    /** One thread for each task, named {@code name-0}, {@code name-1} and so on. Whoever makes it closes it. */
    public static ExecutorService perTask(String name) {
        return Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name(name + "-", 0).factory());
    }
}
