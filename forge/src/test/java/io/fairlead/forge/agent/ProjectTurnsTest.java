package io.fairlead.forge.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProjectTurnsTest {
    private final ProjectTurns turns = new ProjectTurns();

    @Test
    void oneProjectWaitsBehindNoOther() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> slow = CompletableFuture.supplyAsync(
                    () -> turns.inTurn(1, () -> {
                        inside.countDown();
                        awaited(goOn);
                        return "slow";
                    }),
                    threads);
            assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(CompletableFuture.supplyAsync(() -> turns.inTurn(65, () -> "quick"), threads))
                    .succeedsWithin(java.time.Duration.ofSeconds(10))
                    .isEqualTo("quick");
            assertThat(slow).isNotDone();
            goOn.countDown();
            assertThat(slow.get(10, TimeUnit.SECONDS)).isEqualTo("slow");
        }
        assertThat(turns.taken()).isZero();
    }

    @Test
    void twoOfOneProjectAreNeverInsideTogether() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            CompletableFuture.allOf(IntStream.range(0, 2_000)
                            .mapToObj(i -> CompletableFuture.runAsync(
                                    () -> turns.inTurn(7, () -> {
                                        together.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                        return inside.decrementAndGet();
                                    }),
                                    threads))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
        assertThat(together).hasValue(1);
        assertThat(turns.taken()).isZero();
    }

    @Test
    void whoFailsGivesTheTurnOn() {
        assertThatThrownBy(() -> turns.inTurn(3, () -> {
                    throw new IllegalStateException("failed");
                }))
                .hasMessage("failed");
        assertThat(turns.inTurn(3, () -> "next")).isEqualTo("next");
        assertThat(turns.taken()).isZero();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("not let go on within 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
