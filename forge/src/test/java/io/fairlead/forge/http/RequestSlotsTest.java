package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.net.TrustedProxies;
import io.fairlead.forge.http.RequestSlots.Slot;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestSlotsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static RequestSlots slots(int all, int each, int waiting, Duration waitMax) {
        return new RequestSlots(new HttpListenerConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                TrustedProxies.NONE,
                all,
                each,
                1,
                waiting,
                waitMax,
                LONG,
                LONG,
                LONG,
                1024,
                1024));
    }

    /** Returns when it waits. */
    private static FutureTask<Optional<Slot>> waits(RequestSlots slots, String client) throws InterruptedException {
        FutureTask<Optional<Slot>> taking = new FutureTask<>(() -> slots.take(client));
        Thread thread = Thread.ofPlatform().daemon().start(taking);
        while (thread.getState() != Thread.State.TIMED_WAITING && !taking.isDone()) {
            Thread.onSpinWait();
        }
        return taking;
    }

    @Test
    void fourClientsThatTakeWhatTheyCanLeaveRoomToOthers() throws Exception {
        RequestSlots slots = slots(256, 64, 1024, Duration.ofMillis(1));
        for (int client = 0; client < 4; client++) {
            int taken = 0;
            while (slots.take("client " + client).isPresent()) {
                taken++;
            }
            assertThat(taken).isBetween(4, 64);
        }
        assertThat(slots.take("newcomer")).isPresent();
    }

    @Test
    void aClientHasAShareOfTheWaiting() throws Exception {
        RequestSlots slots = slots(8, 1, 32, LONG);
        Slot first = slots.take("a").orElseThrow();
        FutureTask<Optional<Slot>> second = waits(slots, "a");
        assertThat(slots.take("a")).isEmpty();
        assertThat(slots.take("b")).isPresent();
        first.close();
        assertThat(second.get(10, TimeUnit.SECONDS)).isPresent();
    }

    @Test
    void whoWaitsLongestIsNext() throws Exception {
        RequestSlots slots = slots(1, 1, 64, LONG);
        Slot first = slots.take("a").orElseThrow();
        FutureTask<Optional<Slot>> second = waits(slots, "b");
        FutureTask<Optional<Slot>> third = waits(slots, "c");
        first.close();
        Slot given = second.get(10, TimeUnit.SECONDS).orElseThrow();
        assertThat(third.isDone()).isFalse();
        given.close();
        third.get(10, TimeUnit.SECONDS).orElseThrow().close();
        assertThat(slots.take("a")).isPresent();
    }

    @Test
    void whoWasInterruptedKeepsNothing() throws Exception {
        RequestSlots slots = slots(1, 1, 64, LONG);
        Slot first = slots.take("a").orElseThrow();
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread waiting = Thread.ofPlatform().daemon().start(() -> {
            try {
                slots.take("b");
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        waiting.interrupt();
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        first.close();
        assertThat(slots.take("c")).isPresent();
    }

    @Test
    void kasIsServedWhenAllWaitingPlacesAreTaken() throws Exception {
        RequestSlots slots = slots(1, 1, 1, LONG);
        assertThat(slots.take("a")).isPresent();
        FutureTask<Optional<Slot>> waiting = waits(slots, "b");
        assertThat(slots.take("c")).isEmpty();
        assertThat(slots.takeForKas()).isPresent();
        assertThat(waiting.isDone()).isFalse();
    }
}
