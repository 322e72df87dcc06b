package io.fairlead.link.routing.kas;

import io.fairlead.base.lifecycle.Stage;
import io.fairlead.base.retry.Backoff;
import io.fairlead.base.time.Scheduler;
import io.fairlead.link.routing.BoardException;
import io.fairlead.link.routing.KasBoard;
import io.fairlead.link.routing.KasBoard.Change;
import io.fairlead.link.routing.KasBoard.Entry;
import io.fairlead.link.routing.KasBoard.Notice;
import io.fairlead.link.routing.KasPlace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which other kas has tunnels of which agent, from memory; and this kas's own part, written down for the others.
 *
 * <p>Others are heard of by notices. A notice that does not fit upon what is known makes that kas's entry be read; after the
 * board was away all are. A kas of which nothing was heard for the lease is left out, as if it had gone, but only while the
 * board is there: when the board is away nobody can renew, so the last that was known holds, and whoever looks for an agent
 * is given every kas there was.
 *
 * <p>Own agents are noted as changed and looked at when they are written, so what is written last is what is true, however
 * the changes came. One task at a time speaks to the board, on a thread that may wait; the monitor guards everything but
 * {@link #others}, and is not held while the board is asked or listeners are told.
 */
public final class AgentDirectory implements Stage, KasBoard.Listener {
    /**
     * @param lease how long a kas is believed of which nothing is heard
     * @param renew how often this one says that it is alive
     * @param recently how long after its last tunnel an agent counts as moving rather than gone
     */
    public record Timing(Duration lease, Duration renew, Duration recently) {
        public static final Timing DEFAULT =
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(20));
    }

    /** What this kas knows of its own agents. */
    public interface OwnAgents {
        /** Whether the agent has a tunnel here. */
        boolean has(long agentId);

        /** All agents that have. */
        Set<Long> all();
    }

    private static final Logger log = LoggerFactory.getLogger(AgentDirectory.class);

    private static final Backoff AGAIN =
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(3), 1.6, 0.2, Duration.ofSeconds(30));

    /** Agents remembered as just gone. */
    private static final int RECENT_MAX = 10_000;

    /** Another kas; {@code agents} and {@code heardNanos} are looked at by whoever has a request. */
    private static final class Other {
        final KasPlace place;
        final Set<Long> agents = ConcurrentHashMap.newKeySet();
        long version;
        volatile long heardNanos;

        Other(KasPlace place) {
            this.place = place;
        }
    }

    private final Supplier<KasPlace> ownPlace;
    private final KasBoard board;
    private final OwnAgents agents;
    private final Timing timing;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Map<String, Other> others = new ConcurrentHashMap<>();
    private final Map<Long, Long> recentNanos = new LinkedHashMap<>();
    private final Set<Long> changed = new HashSet<>();
    private final Set<Long> written = new HashSet<>();
    private final Set<String> unread = new HashSet<>();
    private volatile LongConsumer whenHeld = agentId -> {};
    private volatile Runnable whenOthersChange = () -> {};
    private volatile boolean away = true;
    private boolean listening;
    private boolean mustReplace = true;
    private boolean mustRenew;
    private boolean mustReadAll = true;
    private boolean working;
    private boolean wanted;
    private volatile boolean closed;
    private int failures;
    private long version;
    private Scheduler.@Nullable Scheduled renewal;
    private Scheduler.@Nullable Scheduled retry;

    /**
     * @param own asked from the start on, when it is known where this kas listens
     * @param threads where tasks may wait
     */
    public AgentDirectory(
            Supplier<KasPlace> own,
            KasBoard board,
            OwnAgents agents,
            Timing timing,
            Scheduler scheduler,
            Executor threads) {
        this.ownPlace = own;
        this.board = board;
        this.agents = agents;
        this.timing = timing;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** Has {@code told} hear of each agent that another kas now has; on the board's thread, which must not wait. */
    public void onHeld(LongConsumer told) {
        whenHeld = told;
    }

    /** Has {@code told} run when another kas came or went; it must not wait. */
    public void onOthersChange(Runnable told) {
        whenOthersChange = told;
    }

    /** Does not wait for the board: a kas whose registry is away serves its own agents. */
    @Override
    public void start() {
        planRenewal();
        wake();
    }

    /** Takes this kas off the board. Waits as long as the board does for one answer. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            cancel(renewal);
            cancel(retry);
        }
        try {
            board.leave(own().id());
        } catch (BoardException e) {
            log.info("this kas could not be taken off the registry; the others drop it after {}", timing.lease());
        }
        board.close();
    }

    private KasPlace own() {
        return ownPlace.get();
    }

    private static void cancel(Scheduler.@Nullable Scheduled planned) {
        if (planned != null) {
            planned.cancel();
        }
    }

    // What requests ask; never waits.

    /** Where a tunnel of the agent may be; empty when no other kas has one. */
    public List<KasPlace> candidates(long agentId) {
        List<KasPlace> found = new ArrayList<>();
        List<KasPlace> rest = new ArrayList<>();
        for (Other other : others.values()) {
            if (away || alive(other)) {
                (other.agents.contains(agentId) ? found : rest).add(other.place);
            }
        }
        if (away) {
            // Who has it may have changed unheard.
            found.addAll(rest);
        }
        return found;
    }

    /** Every other kas that is alive, as far as is known. */
    public List<KasPlace> others() {
        return others.values().stream()
                .filter(other -> away || alive(other))
                .map(other -> other.place)
                .toList();
    }

    /** Whether what is known is what the others wrote; false while the board is away. */
    public boolean current() {
        return !away;
    }

    /** Whether an agent that nobody has was with another kas a moment ago, or may have been. */
    public synchronized boolean mayCome(long agentId) {
        Long gone = recentNanos.get(agentId);
        return away
                || (gone != null
                        && scheduler.nanoTime() - gone < timing.recently().toNanos());
    }

    private boolean alive(Other other) {
        return scheduler.nanoTime() - other.heardNanos < timing.lease().toNanos();
    }

    // What happens here.

    /** The agent's first tunnel came here or its last one went. */
    public void changed(long agentId) {
        synchronized (this) {
            changed.add(agentId);
        }
        wake();
    }

    private void planRenewal() {
        synchronized (this) {
            if (closed) {
                return;
            }
            mustRenew = true;
            renewal = scheduler.schedule(timing.renew(), this::planRenewal);
        }
        dropLapsed();
        wake();
    }

    private void dropLapsed() {
        boolean dropped = false;
        synchronized (this) {
            for (Other other : List.copyOf(others.values())) {
                if (!away && !alive(other)) {
                    log.warn("kas {} at {} is heard of no more", other.place.id(), other.place.url());
                    remove(other.place.id());
                    dropped = true;
                }
            }
        }
        if (dropped) {
            whenOthersChange.run();
        }
    }

    // What the board tells.

    @Override
    public void told(Notice notice) {
        switch (notice) {
            case Notice.Changed(Change change) -> {
                if (!change.kas().id().equals(own().id())) {
                    heard(change);
                }
            }
            case Notice.Replaced(String kasId) -> {
                if (!kasId.equals(own().id())) {
                    read(kasId);
                }
            }
            case Notice.Left(String kasId) -> {
                synchronized (this) {
                    remove(kasId);
                }
                whenOthersChange.run();
            }
        }
    }

    private void heard(Change change) {
        synchronized (this) {
            Other other = others.get(change.kas().id());
            if (other == null || other.version != change.before()) {
                unread.add(change.kas().id());
            } else {
                other.version = change.after();
                other.heardNanos = scheduler.nanoTime();
                other.agents.addAll(change.held());
                other.agents.removeAll(change.released());
                change.released().forEach(this::noteRecent);
                unread.remove(change.kas().id());
            }
        }
        change.held().forEach(whenHeld::accept);
        wake();
    }

    private void read(String kasId) {
        synchronized (this) {
            unread.add(kasId);
        }
        wake();
    }

    private void remove(String kasId) {
        Other gone = others.remove(kasId);
        if (gone != null) {
            gone.agents.forEach(this::noteRecent);
        }
    }

    private void noteRecent(long agentId) {
        recentNanos.remove(agentId);
        recentNanos.put(agentId, scheduler.nanoTime());
        if (recentNanos.size() > RECENT_MAX) {
            recentNanos.remove(recentNanos.keySet().iterator().next());
        }
    }

    @Override
    public void connected() {
        synchronized (this) {
            mustReadAll = true;
            mustRenew = true;
        }
        wake();
    }

    @Override
    public void lost() {
        if (!away && !closed) {
            log.warn("the registry that tells which kas has which agent is lost; this kas goes on with what it knew");
        }
        away = true;
        wake();
    }

    // What is said to the board, by one task at a time.

    private void wake() {
        synchronized (this) {
            wanted = true;
            if (working || closed) {
                return;
            }
            working = true;
        }
        threads.execute(this::work);
    }

    private void work() {
        while (true) {
            synchronized (this) {
                if (!wanted || closed) {
                    working = false;
                    return;
                }
                wanted = false;
            }
            try {
                listen();
                write();
                readOthers();
                failures = 0;
            } catch (BoardException e) {
                failed(e);
            } catch (RuntimeException e) {
                log.error("the registry was not kept as it should be", e);
                failed(new BoardException("an error of ours", e));
            }
        }
    }

    private void failed(BoardException e) {
        synchronized (this) {
            failures++;
            // What was written is not known: the next write is whole.
            mustReplace = true;
            cancel(retry);
            retry = closed ? null : scheduler.schedule(AGAIN.afterFailures(failures), this::wake);
        }
        if (failures == 1) {
            log.warn("{}; agents of other kas may not be found until it is back", e.getMessage());
        }
    }

    private void listen() {
        if (!listening) {
            board.listen(this);
            listening = true;
        }
    }

    private void write() {
        Set<Long> held = new HashSet<>();
        Set<Long> released = new HashSet<>();
        boolean whole;
        boolean renew;
        synchronized (this) {
            whole = mustReplace;
            renew = mustRenew;
            mustReplace = false;
            mustRenew = false;
            for (long agentId : changed) {
                boolean here = agents.has(agentId);
                if (here && !written.contains(agentId)) {
                    held.add(agentId);
                } else if (!here && written.contains(agentId)) {
                    released.add(agentId);
                }
            }
            changed.clear();
        }
        if (!whole && !(held.isEmpty() && released.isEmpty())) {
            version++;
            whole = !board.write(new Change(own(), version - 1, version, held, released));
            written.addAll(held);
            written.removeAll(released);
        } else if (!whole && renew) {
            whole = !board.write(Change.renewal(own(), version));
        }
        if (whole) {
            Set<Long> all = agents.all();
            version++;
            board.replace(new Entry(own(), version, all));
            written.clear();
            written.addAll(all);
        }
    }

    private void readOthers() {
        boolean all;
        List<String> some;
        synchronized (this) {
            all = mustReadAll;
            mustReadAll = false;
            some = List.copyOf(unread);
            unread.clear();
        }
        try {
            if (all) {
                begin();
                take(board.read());
            } else {
                for (String kasId : some) {
                    board.read(kasId).ifPresentOrElse(this::take, () -> told(new Notice.Left(kasId)));
                }
            }
        } catch (BoardException e) {
            synchronized (this) {
                mustReadAll |= all;
                unread.addAll(some);
                away |= all;
            }
            throw e;
        }
    }

    /** Before the board is read: a loss from here on counts. */
    private synchronized void begin() {
        // The others' leases begin anew, for while the board was away nobody could renew.
        others.values().forEach(other -> other.heardNanos = scheduler.nanoTime());
        if (away) {
            log.info("the registry is there");
        }
        away = false;
    }

    private void take(List<Entry> entries) {
        Set<String> there = new HashSet<>();
        entries.forEach(entry -> there.add(entry.kas().id()));
        synchronized (this) {
            others.keySet().stream().filter(id -> !there.contains(id)).toList().forEach(this::remove);
        }
        entries.forEach(this::take);
        whenOthersChange.run();
    }

    private void take(Entry entry) {
        if (entry.kas().id().equals(own().id())) {
            return;
        }
        boolean came;
        synchronized (this) {
            Other other = others.get(entry.kas().id());
            came = other == null;
            if (other != null && other.version > entry.version()) {
                // A notice was quicker than the answer.
                return;
            }
            if (other == null) {
                other = new Other(entry.kas());
            }
            for (Long agentId : List.copyOf(other.agents)) {
                if (!entry.agents().contains(agentId)) {
                    other.agents.remove(agentId);
                    noteRecent(agentId);
                }
            }
            other.agents.addAll(entry.agents());
            other.version = entry.version();
            other.heardNanos = scheduler.nanoTime();
            others.put(entry.kas().id(), other);
        }
        entry.agents().forEach(whenHeld::accept);
        if (came) {
            log.info("kas {} at {} is there", entry.kas().id(), entry.kas().url());
            whenOthersChange.run();
        }
    }
}
