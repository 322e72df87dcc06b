package io.fairlead.forge.agent;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.thread.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks again at the projects whose agents' configurations could not be looked at when they were pushed, so that a right that
 * a push withdraws ends though the disk or the database failed in that moment.
 */
public final class ConfigurationRepair implements Stage {
    /** From one round to the next; a round without failed looks costs nothing. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private static final Duration STOP_MAX = Duration.ofSeconds(5);

    private final AgentConfigurations configurations;
    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread worker;

    public ConfigurationRepair(AgentConfigurations configurations) {
        this.configurations = configurations;
    }

    @Override
    public void start() {
        worker = VirtualThreads.start("configuration-repair", this::work);
    }

    private void work() {
        try {
            while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                configurations.lookAgain();
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close, whose patience is at its end.
            Thread.currentThread().interrupt();
        }
    }

    /** Waits 5 seconds at most for a round that runs. */
    @Override
    public void close() throws InterruptedException {
        closing.countDown();
        Thread thread = worker;
        if (thread != null && !thread.join(STOP_MAX)) {
            thread.interrupt();
            thread.join();
        }
    }
}
