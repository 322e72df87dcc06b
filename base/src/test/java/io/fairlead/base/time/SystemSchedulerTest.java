package io.fairlead.base.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.fairlead.base.log.LogFormat;
import io.fairlead.base.log.LogLevels;
import io.fairlead.base.log.Logging;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class SystemSchedulerTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        Logging.configure(LogFormat.JSON, LogLevels.of(Level.INFO, Level.ERROR));
        Logging.output(LogFormat.JSON, new PrintStream(written, true, StandardCharsets.UTF_8), Clock.systemUTC());
    }

    @AfterEach
    void release() {
        Logging.output(LogFormat.automatic(), System.err, Clock.systemUTC());
        Logging.configure(LogFormat.automatic(), LogLevels.of(Level.INFO, Level.ERROR));
    }

    @Test
    void logsWhatATaskThrows() throws InterruptedException {
        CountDownLatch after = new CountDownLatch(1);
        try (SystemScheduler scheduler = new SystemScheduler("test")) {
            scheduler.schedule(Duration.ZERO, () -> {
                throw new IllegalStateException("the task broke");
            });
            // One thread takes them in turn, so the second ends after the first.
            scheduler.schedule(Duration.ofMillis(1), after::countDown);

            assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("\"level\":\"error\"")
                .contains("the task broke");
    }
}
