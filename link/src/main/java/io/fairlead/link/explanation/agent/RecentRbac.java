package io.fairlead.link.explanation.agent;

import io.fairlead.base.error.FairleadException;
import io.fairlead.base.time.Scheduler;
import io.fairlead.kube.rbac.RbacWorld;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The roles and bindings as they were some seconds ago at most, read once for all who ask at the same time, and forgotten
 * after that: an agent whose cluster refuses nobody holds none of it.
 */
final class RecentRbac {
    /** How old what explains a refusal may be. */
    private static final Duration KEEP = Duration.ofSeconds(10);

    /** How long a failure counts: an agent that may not read them would ask in vain at each refusal. */
    private static final Duration KEEP_FAILURE = Duration.ofSeconds(60);

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final RbacSource source;
    private final Scheduler time;
    private final Executor threads;
    private @Nullable CompletableFuture<RbacWorld> reading;
    private Scheduler.@Nullable Scheduled forgetting;
    /** When {@code reading} began, and once it is done when it ended. */
    private long since;

    RecentRbac(RbacSource source, Scheduler time, Executor threads) {
        this.source = source;
        this.time = time;
        this.threads = threads;
    }

    /**
     * What is known, or is known within {@code wait}.
     *
     * @throws FairleadException when it cannot be read, or not in time; the message is for people
     */
    RbacWorld within(Duration wait) throws InterruptedException {
        try {
            return current().get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new FairleadException("explanation.slow", "the cluster's roles could not be read in time", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FairleadException known) {
                throw new FairleadException(known.code(), String.valueOf(known.getMessage()), e);
            }
            throw new IllegalStateException("reading the cluster's roles failed unexpectedly", e);
        }
    }

    /** As {@link #within}, and no older than a second: for somebody who has just changed something and asks again. */
    RbacWorld fresh(Duration wait) throws InterruptedException {
        synchronized (this) {
            // One that goes on is as fresh as another would be, and two at once are more than the agent has room for.
            CompletableFuture<RbacWorld> known = reading;
            if (known != null && known.isDone() && time.nanoTime() - since > FRESH.toNanos()) {
                replace(null);
            }
        }
        return within(wait);
    }

    private synchronized CompletableFuture<RbacWorld> current() {
        CompletableFuture<RbacWorld> current = reading;
        if (current != null) {
            return current;
        }
        CompletableFuture<RbacWorld> started = new CompletableFuture<>();
        replace(started);
        since = time.nanoTime();
        try {
            threads.execute(() -> read(started));
        } catch (RejectedExecutionException e) {
            started.completeExceptionally(new FairleadException("explanation.ended", "the agent is stopping", e));
        }
        return started;
    }

    private void read(CompletableFuture<RbacWorld> to) {
        Duration keep = KEEP_FAILURE;
        try {
            to.complete(source.read());
            keep = KEEP;
        } catch (RuntimeException e) {
            to.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            to.completeExceptionally(new FairleadException("explanation.ended", "the agent is stopping", e));
        } finally {
            forgetAfter(keep, to);
        }
    }

    /** The timer of what was there before would keep it for its time. */
    private synchronized void replace(@Nullable CompletableFuture<RbacWorld> by) {
        Scheduler.Scheduled timer = forgetting;
        if (timer != null) {
            timer.cancel();
            forgetting = null;
        }
        reading = by;
    }

    private synchronized void forgetAfter(Duration keep, CompletableFuture<RbacWorld> known) {
        if (known.equals(reading)) {
            since = time.nanoTime();
            forgetting = time.schedule(keep, () -> forget(known));
        }
    }

    private synchronized void forget(CompletableFuture<RbacWorld> old) {
        if (old.equals(reading)) {
            reading = null;
        }
    }
}
