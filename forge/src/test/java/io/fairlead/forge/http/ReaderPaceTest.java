package io.fairlead.forge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReaderPaceTest {
    private static final Duration GRACE = Duration.ofMillis(300);

    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ByteArrayEndPoint connection = new ByteArrayEndPoint() {
        @Override
        public void onClose(Throwable cause) {
            closed.countDown();
        }
    };

    @BeforeEach
    void start() throws Exception {
        scheduler.start();
    }

    @AfterEach
    void stop() throws Exception {
        scheduler.stop();
    }

    @Test
    void whoTakesNothingIsCutOffWhenItsGraceIsOver() throws Exception {
        long before = System.nanoTime();
        try (ReaderPace pace = new ReaderPace(connection, scheduler, GRACE)) {
            pace.watch();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(GRACE);
    }

    @Test
    void whatWasTakenBuysTime() throws Exception {
        long before = System.nanoTime();
        try (ReaderPace pace = new ReaderPace(connection, scheduler, GRACE)) {
            pace.watch();
            pace.took(16 * 1024);
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(GRACE.plusSeconds(1));
    }

    @Test
    void anAnswerThatWasTakenIsWatchedNoMore() throws Exception {
        try (ReaderPace pace = new ReaderPace(connection, scheduler, GRACE)) {
            pace.watch();
        }
        assertThat(closed.await(2 * GRACE.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
    }
}
