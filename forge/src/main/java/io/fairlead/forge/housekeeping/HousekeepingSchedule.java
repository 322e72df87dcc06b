package io.fairlead.forge.housekeeping;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.forge.git.PushEvent;
import io.fairlead.forge.git.PushListener;
import io.fairlead.forge.instance.FolderLock;
import io.fairlead.forge.repository.Housekeeping;
import io.fairlead.forge.repository.Housekeeping.Outcome;
import io.fairlead.forge.repository.Housekeeping.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies repositories that were pushed to, one at a time, when they have been left alone for a while and lie untidy. What
 * waits is in memory: after a restart a repository's turn comes with its next push.
 */
public final class HousekeepingSchedule implements PushListener, Stage {
    private static final Logger log = LoggerFactory.getLogger(HousekeepingSchedule.class);

    /** Repositories that wait, and that are remembered, at once; one more waits for its next push. */
    private static final int REPOSITORIES_MAX = 10_000;

    private static final Duration STOP_MAX = Duration.ofSeconds(10);

    private final Housekeeping housekeeping;
    private final HousekeepingRules rules;
    private final Path objectsLock;
    private final InstantSource clock;
    private final ThreadFactory threads;
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final Map<Long, Run> lastRuns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Run> eldest) {
            return size() > REPOSITORIES_MAX;
        }
    };
    private volatile boolean closed;
    private @Nullable Thread worker;

    private record Waiting(String path, Instant since, Instant lastPush) {}

    /** @param looseLeft loose objects that it left, which nothing leads to and whose time has not come */
    private record Run(Instant begin, long looseLeft) {}

    private record Due(long projectId, Waiting what) {}

    /**
     * @param objectsLock held while objects are moved and deleted; a backup holds it too
     * @param threads make the one thread that works: it computes for long, so no virtual one
     */
    public HousekeepingSchedule(
            Housekeeping housekeeping,
            HousekeepingRules rules,
            Path objectsLock,
            InstantSource clock,
            ThreadFactory threads) {
        this.housekeeping = housekeeping;
        this.rules = rules;
        this.objectsLock = objectsLock;
        this.clock = clock;
        this.threads = threads;
    }

    @Override
    public void start() {
        Thread thread = threads.newThread(this::work);
        worker = thread;
        thread.start();
    }

    @Override
    public void pushed(PushEvent event) {
        Instant now = clock.instant();
        synchronized (waiting) {
            Waiting before = waiting.get(event.projectId());
            if (before != null || waiting.size() < REPOSITORIES_MAX) {
                Instant since = before == null ? now : before.since();
                waiting.put(event.projectId(), new Waiting(event.fullPath(), since, now));
            }
        }
    }

    private void work() {
        try {
            while (!closed) {
                Optional<Due> due = next();
                if (due.isPresent()) {
                    tend(due.get());
                }
            }
        } catch (InterruptedException e) {
            // The only interruption is that of close.
            Thread.currentThread().interrupt();
        }
    }

    /** Whose turn has come; nothing after a while without one. */
    private Optional<Due> next() throws InterruptedException {
        synchronized (waiting) {
            Instant now = clock.instant();
            Iterator<Map.Entry<Long, Waiting>> entries = waiting.entrySet().iterator();
            while (entries.hasNext()) {
                Map.Entry<Long, Waiting> entry = entries.next();
                if (due(entry.getKey(), entry.getValue(), now)) {
                    entries.remove();
                    return Optional.of(new Due(entry.getKey(), entry.getValue()));
                }
            }
            waiting.wait(rules.lookPeriod().toMillis());
            return Optional.empty();
        }
    }

    private boolean due(long projectId, Waiting what, Instant now) {
        boolean left = what.lastPush().plus(rules.quiet()).compareTo(now) <= 0
                || what.since().plus(rules.busyMax()).compareTo(now) <= 0;
        Run last = lastRuns.get(projectId);
        return left && (last == null || last.begin().plus(rules.between()).compareTo(now) <= 0);
    }

    private void tend(Due due) throws InterruptedException {
        try {
            Optional<State> state = housekeeping.look(due.projectId());
            if (state.isEmpty() || !untidy(due.projectId(), state.get())) {
                return;
            }
            Optional<FolderLock> lock = FolderLock.tryTake(objectsLock);
            if (lock.isEmpty()) {
                // A backup runs: later.
                later(due);
                return;
            }
            try (FolderLock _ = lock.get()) {
                run(due);
            }
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                log.warn(
                        "housekeeping of {} failed; it is tried again after a push",
                        due.what().path(),
                        e);
            }
        }
    }

    private void run(Due due) throws IOException, InterruptedException {
        Instant begin = clock.instant();
        remember(due.projectId(), new Run(begin, 0));
        Outcome outcome = housekeeping.run(due.projectId(), () -> closed);
        long millis = Duration.between(begin, clock.instant()).toMillis();
        switch (outcome) {
            case Outcome.Done(State before, State after, long deleted) -> {
                log.atInfo()
                        .addKeyValue("project", due.what().path())
                        .addKeyValue("loose_before", before.loose())
                        .addKeyValue("loose", after.loose())
                        .addKeyValue("packs_before", before.packs())
                        .addKeyValue("packs", after.packs())
                        .addKeyValue("deleted", deleted)
                        .addKeyValue("ms", millis)
                        .log("repository tidied");
                remember(due.projectId(), new Run(begin, after.loose()));
                if (after.packs() > rules.packsMax()) {
                    // Packs too young to go: again when they are old enough.
                    later(due);
                }
            }
            case Outcome.TooLarge(long objects) ->
                log.warn(
                        "the repository of {} has {} objects, too many to tidy with this much memory; give the server"
                                + " more, or run git gc in it while the server is stopped",
                        due.what().path(),
                        objects);
            case Outcome.Gone() ->
                log.debug("the repository of {} is gone", due.what().path());
        }
    }

    private boolean untidy(long projectId, State state) {
        synchronized (waiting) {
            Run last = lastRuns.get(projectId);
            long left = last == null ? 0 : last.looseLeft();
            return state.loose() - left > rules.looseMax() || state.packs() > rules.packsMax();
        }
    }

    private void remember(long projectId, Run run) {
        synchronized (waiting) {
            lastRuns.put(projectId, run);
        }
    }

    private void later(Due due) {
        synchronized (waiting) {
            Instant now = clock.instant();
            waiting.putIfAbsent(due.projectId(), new Waiting(due.what().path(), now, now));
        }
    }

    /** Breaks off a run, waiting a few seconds for that; what it has not finished it has not begun to use either. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        synchronized (waiting) {
            waiting.notifyAll();
        }
        if (worker != null) {
            worker.join(STOP_MAX);
        }
    }
}
