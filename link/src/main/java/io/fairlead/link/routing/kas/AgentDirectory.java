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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * board was away all are. What is known of them is in {@link OtherReplicas}.
 *
 * <p>Own agents are noted as changed and looked at when they are written, so what is written last is what is true, however
 * the changes came. One task at a time speaks to the board, on a thread that may wait; the monitor guards everything but
 * {@link OtherReplicas}, and is not held while the board is asked or listeners are told.
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

    private final Supplier<KasPlace> ownPlace;
    private final KasBoard board;
    private final OwnAgents agents;
    private final Timing timing;
    private final OtherReplicas others;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Set<Long> changed = new HashSet<>();
    private final Set<Long> written = new HashSet<>();
    private final Set<String> unread = new HashSet<>();
    private volatile LongConsumer whenHeld = agentId -> {};
    private volatile Runnable whenOthersChange = () -> {};
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
        this.others = new OtherReplicas(timing, scheduler);
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
        return others.having(agentId);
    }

    /** Every other kas that is alive, as far as is known. */
    public List<KasPlace> others() {
        return others.alive();
    }

    /** Whether what is known is what the others wrote; false while the board is away. */
    public boolean current() {
        return !others.away();
    }

    /** Whether an agent that nobody has was with another kas a moment ago, or may have been. */
    public boolean mayCome(long agentId) {
        return others.mayCome(agentId);
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
        List<KasPlace> lapsed = others.dropLapsed();
        lapsed.forEach(place -> log.warn("kas {} at {} is heard of no more", place.id(), place.url()));
        if (!lapsed.isEmpty()) {
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
                others.remove(kasId);
                whenOthersChange.run();
            }
        }
    }

    private void heard(Change change) {
        synchronized (this) {
            if (others.apply(change)) {
                unread.remove(change.kas().id());
            } else {
                unread.add(change.kas().id());
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
        if (!others.away() && !closed) {
            log.warn("the registry that tells which kas has which agent is lost; this kas goes on with what it knew");
        }
        others.boardLost();
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
            }
            if (all) {
                others.boardLost();
            }
            throw e;
        }
    }

    /** Before the board is read: a loss from here on counts. */
    private void begin() {
        if (others.away()) {
            log.info("the registry is there");
        }
        others.boardThere();
    }

    private void take(List<Entry> entries) {
        Set<String> there = new HashSet<>();
        entries.forEach(entry -> there.add(entry.kas().id()));
        others.keep(there);
        entries.forEach(this::take);
        whenOthersChange.run();
    }

    private void take(Entry entry) {
        if (entry.kas().id().equals(own().id())) {
            return;
        }
        OtherReplicas.Taken taken = others.take(entry);
        if (taken == OtherReplicas.Taken.STALE) {
            return;
        }
        entry.agents().forEach(whenHeld::accept);
        if (taken == OtherReplicas.Taken.NEW) {
            log.info("kas {} at {} is there", entry.kas().id(), entry.kas().url());
            whenOthersChange.run();
        }
    }
}
