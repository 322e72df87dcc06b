package io.fairlead.link.identity.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.log.SummedLog;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.thread.VirtualThreads;
import io.fairlead.base.time.Deadline;
import io.fairlead.base.time.Scheduler;
import io.fairlead.gitlab.api.AccessChangeStream;
import io.fairlead.gitlab.api.AccessChanges;
import io.fairlead.gitlab.api.GitLabClient;
import io.fairlead.gitlab.api.GitLabException;
import io.fairlead.link.identity.AccessListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from the forge whose rights change and tells it on. One for a kas, so that replicas need not know of each other.
 *
 * <p>States: <b>listening</b> (lines come, one a second at least) → <b>unsure</b> (the stream ended: it is opened again, with
 * waits that grow and spread) → listening, where everything may have changed meanwhile; or → <b>lost</b>, when that has lasted
 * {@link Limits#unreachableMax}: nobody is let in and who is in has to go, until GitLab answers again. <b>Without</b>: a real
 * GitLab has no such stream and says 404; then its answering at all is what is watched, and running requests are asked about
 * from time to time ({@code LiveRequests}).
 */
public final class AccessWatch implements Stage {
    /**
     * @param unreachableMax how long what GitLab said is relied on while it cannot be asked
     * @param lookPeriod how often a GitLab without the stream is asked whether it is there, and has one now
     */
    public record Limits(Duration unreachableMax, Duration lookPeriod) {}

    /** Five times as long as the forge may take for a line. */
    static final Duration LINE_WITHIN = Duration.ofSeconds(5);

    private static final Duration CONTACT_LOOKED_AT = Duration.ofSeconds(1);
    private static final Backoff AGAIN =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), 2, 0.3, Duration.ofSeconds(30));

    /** What a server says of a route that it does not have. */
    private static final Set<Integer> NO_SUCH_ROUTE = Set.of(404, 405, 501);

    private static final Logger log = LoggerFactory.getLogger(AccessWatch.class);

    private final GitLabClient gitlab;
    private final Limits limits;
    private final List<AccessListener> listeners;
    private final Scheduler scheduler;
    private final RandomGenerator random;
    private final SummedLog failures = new SummedLog(log);
    private boolean lost;
    private boolean missed;
    private boolean withoutSaid;
    private boolean closed;
    private long contactAtNanos;
    private @Nullable AccessChangeStream stream;
    private Scheduler.@Nullable Scheduled next;
    private @Nullable Thread worker;
    private volatile boolean listening;

    /** @param listeners are told in this order: what remembers answers before what asks for new ones */
    public AccessWatch(
            GitLabClient gitlab,
            Limits limits,
            List<AccessListener> listeners,
            Scheduler scheduler,
            RandomGenerator random) {
        this.gitlab = gitlab;
        this.limits = limits;
        this.listeners = List.copyOf(listeners);
        this.scheduler = scheduler;
        this.random = random;
    }

    /** Whether changes are being told as they happen. */
    public boolean listening() {
        return listening;
    }

    @Override
    public synchronized void start() {
        contactAtNanos = scheduler.nanoTime();
        plan();
        worker = VirtualThreads.start("access-watch", this::work);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (next != null) {
            next.cancel();
        }
        if (stream != null) {
            stream.close();
        }
        if (worker != null) {
            worker.interrupt();
        }
    }

    private synchronized void plan() {
        if (!closed) {
            next = scheduler.schedule(CONTACT_LOOKED_AT, this::look);
        }
    }

    private synchronized void look() {
        if (!lost
                && scheduler.nanoTime() - contactAtNanos
                        > limits.unreachableMax().toNanos()) {
            lost = true;
            String why = "GitLab could not be asked who may still do what for "
                    + limits.unreachableMax().toSeconds() + " s; try again when it is back";
            log.error("{}: running requests are ended and new ones refused", why);
            listeners.forEach(listener -> listener.lost(why));
        }
        plan();
    }

    private void work() {
        int failures = 0;
        try {
            while (!ended()) {
                long begun = scheduler.nanoTime();
                Optional<Duration> wait = listenOrSay();
                boolean lasted =
                        scheduler.nanoTime() - begun > AGAIN.resetAfter().toNanos();
                failures = wait.isPresent() ? 0 : lasted ? 1 : failures + 1;
                Deadline.pause(wait.orElse(AGAIN.afterFailures(Math.max(1, failures), random)));
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close.
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever goes wrong, this goes on listening: without it nobody is let in. */
    private Optional<Duration> listenOrSay() {
        try {
            return listen();
        } catch (RuntimeException e) {
            log.error("listening to changes of access failed", e);
            return Optional.empty();
        }
    }

    private synchronized boolean ended() {
        return closed;
    }

    /** Listens until that ends; how long to wait before the next time, where that is known. */
    private Optional<Duration> listen() {
        AccessChangeStream opened;
        try {
            opened = open();
        } catch (GitLabException e) {
            return NO_SUCH_ROUTE.contains(e.status()) ? without("it answers " + e.status()) : unsure(e);
        }
        AtomicBoolean silent = new AtomicBoolean();
        boolean begun = false;
        try (opened) {
            while (true) {
                AccessChanges changes = next(opened, silent);
                heard(begun ? changes : AccessChanges.everything(changes.position()));
                begun = true;
                listening = true;
            }
        } catch (GitLabException e) {
            listening = false;
            return silent.get() && !begun ? without("what it tells is held back on the way") : unsure(e);
        }
    }

    private AccessChangeStream open() {
        AccessChangeStream opened = gitlab.accessChanges();
        synchronized (this) {
            stream = opened;
            if (closed) {
                opened.close();
            }
        }
        return opened;
    }

    private AccessChanges next(AccessChangeStream opened, AtomicBoolean silent) {
        Scheduler.Scheduled silence = scheduler.schedule(LINE_WITHIN, () -> {
            silent.set(true);
            opened.close();
        });
        try {
            return opened.next();
        } finally {
            silence.cancel();
        }
    }

    private synchronized Optional<Duration> without(String why) {
        if (!withoutSaid) {
            withoutSaid = true;
            log.warn(
                    "GitLab does not tell when access changes ({}): running requests are asked about every now and then,"
                            + " and answers are believed as long as they are remembered",
                    why);
        }
        heard(AccessChanges.none(0));
        Duration third = limits.unreachableMax().dividedBy(3);
        return Optional.of(third.compareTo(limits.lookPeriod()) < 0 ? third : limits.lookPeriod());
    }

    private synchronized Optional<Duration> unsure(GitLabException e) {
        missed = true;
        if (!closed) {
            failures.warn("changes of access are not told at the moment: " + e.getMessage());
        }
        return Optional.empty();
    }

    /** GitLab has answered. */
    private synchronized void heard(AccessChanges heard) {
        contactAtNanos = scheduler.nanoTime();
        AccessChanges changes = missed ? AccessChanges.everything(heard.position()) : heard;
        missed = false;
        if (!changes.none()) {
            listeners.forEach(listener -> listener.changed(changes));
        }
        if (lost) {
            lost = false;
            log.info("GitLab can be asked again who may do what");
            listeners.forEach(AccessListener::found);
        }
    }
}
