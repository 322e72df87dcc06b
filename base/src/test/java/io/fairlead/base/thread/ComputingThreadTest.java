package io.fairlead.base.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ComputingThreadTest {
    @Test
    void givesWhatTheWorkGivesAndThrowsWhatItThrows() throws IOException {
        assertThat(ComputingThread.run(
                        "work",
                        () -> Thread.currentThread().isVirtual()
                                + Thread.currentThread().getName()))
                .isEqualTo("falsework");
        assertThatThrownBy(() -> ComputingThread.run("work", () -> {
                    throw new IOException("cut");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("cut");
        assertThatThrownBy(() -> ComputingThread.run("work", () -> {
                    throw new IllegalArgumentException("odd");
                }))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** With virtual threads alone this would hang: as many compute as there are processors. */
    @Test
    void othersGoOnWhileMoreComputeThanThereAreProcessors() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        int processors = Runtime.getRuntime().availableProcessors();
        CountDownLatch computing = new CountDownLatch(processors + 1);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i <= processors; i++) {
            waiting.add(Thread.ofVirtual().start(() -> compute(computing, over)));
        }
        try {
            assertThat(computing.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Thread.ofVirtual().start(() -> {}).join(java.time.Duration.ofSeconds(30)))
                    .isTrue();
        } finally {
            over.set(true);
        }
        for (Thread thread : waiting) {
            thread.join();
        }
    }

    private static void compute(CountDownLatch computing, AtomicBoolean over) {
        try {
            ComputingThread.run("compute", () -> {
                computing.countDown();
                while (!over.get()) {
                    Thread.onSpinWait();
                }
                return true;
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anInterruptionReachesTheWorkAndItsEndIsAwaited() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean told = new AtomicBoolean();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                ComputingThread.run("work", () -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        ended.set(true);
                    }
                    return ended;
                });
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            told.set(ended.get() && Thread.currentThread().isInterrupted());
        });
        begun.await();
        caller.interrupt();
        caller.join();

        assertThat(told).isTrue();
    }
}
