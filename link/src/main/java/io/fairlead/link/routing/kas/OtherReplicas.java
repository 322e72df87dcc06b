package io.fairlead.link.routing.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.routing.KasBoard.Change;
import io.fairlead.link.routing.KasBoard.Entry;
import io.fairlead.link.routing.KasPlace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of the other kas: where each is, which agents it has, and when it was last heard of.
 *
 * <p>A kas of which nothing was heard for the lease is left out, as if it had gone, but only while the board is there: when the
 * board is away nobody can renew, so the last that was known holds, and whoever looks for an agent is given every kas there was.
 *
 * <p>The monitor guards all changes; {@link #having} and {@link #alive} read beside them and never wait.
 */
final class OtherReplicas {
    /** What came of an entry. */
    enum Taken {
        /** A notice was quicker than the entry. */
        STALE,
        KNOWN,
        /** The kas was not known before. */
        NEW
    }

    /** Agents remembered as just gone. */
    private static final int RECENT_MAX = 10_000;

    private static final class Replica {
        final KasPlace place;
        final Set<Long> agents = ConcurrentHashMap.newKeySet();
        long version;
        volatile long heardNanos;

        Replica(KasPlace place) {
            this.place = place;
        }
    }

    private final AgentDirectory.Timing timing;
    private final Scheduler scheduler;
    private final Map<String, Replica> replicas = new ConcurrentHashMap<>();
    private final Map<Long, Long> recentNanos = new LinkedHashMap<>();
    private volatile boolean away = true;

    OtherReplicas(AgentDirectory.Timing timing, Scheduler scheduler) {
        this.timing = timing;
        this.scheduler = scheduler;
    }

    /** Where a tunnel of the agent may be. */
    List<KasPlace> having(long agentId) {
        List<KasPlace> found = new ArrayList<>();
        List<KasPlace> rest = new ArrayList<>();
        for (Replica replica : replicas.values()) {
            if (away || alive(replica)) {
                (replica.agents.contains(agentId) ? found : rest).add(replica.place);
            }
        }
        if (away) {
            // Who has it may have changed unheard.
            found.addAll(rest);
        }
        return found;
    }

    List<KasPlace> alive() {
        return replicas.values().stream()
                .filter(replica -> away || alive(replica))
                .map(replica -> replica.place)
                .toList();
    }

    private boolean alive(Replica replica) {
        return scheduler.nanoTime() - replica.heardNanos < timing.lease().toNanos();
    }

    /** Whether an agent that nobody has was with another kas a moment ago, or may have been. */
    synchronized boolean mayCome(long agentId) {
        Long gone = recentNanos.get(agentId);
        return away
                || (gone != null
                        && scheduler.nanoTime() - gone < timing.recently().toNanos());
    }

    /** Whether what is known may be old: the board is away, or was not read since it came back. */
    boolean away() {
        return away;
    }

    void boardLost() {
        away = true;
    }

    /** The others' leases begin anew, for while the board was away nobody could renew. */
    synchronized void boardThere() {
        replicas.values().forEach(replica -> replica.heardNanos = scheduler.nanoTime());
        away = false;
    }

    /** @return false when the change does not fit upon what is known, so that the kas's entry must be read */
    synchronized boolean apply(Change change) {
        Replica replica = replicas.get(change.kas().id());
        if (replica == null || replica.version != change.before()) {
            return false;
        }
        replica.version = change.after();
        replica.heardNanos = scheduler.nanoTime();
        replica.agents.addAll(change.held());
        replica.agents.removeAll(change.released());
        change.released().forEach(this::noteRecent);
        return true;
    }

    synchronized Taken take(Entry entry) {
        Replica known = replicas.get(entry.kas().id());
        if (known != null && known.version > entry.version()) {
            return Taken.STALE;
        }
        Replica replica = known == null ? new Replica(entry.kas()) : known;
        for (Long agentId : List.copyOf(replica.agents)) {
            if (!entry.agents().contains(agentId)) {
                replica.agents.remove(agentId);
                noteRecent(agentId);
            }
        }
        replica.agents.addAll(entry.agents());
        replica.version = entry.version();
        replica.heardNanos = scheduler.nanoTime();
        replicas.put(entry.kas().id(), replica);
        return known == null ? Taken.NEW : Taken.KNOWN;
    }

    synchronized void remove(String kasId) {
        Replica gone = replicas.remove(kasId);
        if (gone != null) {
            gone.agents.forEach(this::noteRecent);
        }
    }

    /** Removes all others. */
    synchronized void keep(Set<String> kasIds) {
        replicas.keySet().stream().filter(id -> !kasIds.contains(id)).toList().forEach(this::remove);
    }

    /** Removes those whose lease ran out; gives them. */
    synchronized List<KasPlace> dropLapsed() {
        List<KasPlace> lapsed = new ArrayList<>();
        for (Replica replica : List.copyOf(replicas.values())) {
            if (!away && !alive(replica)) {
                remove(replica.place.id());
                lapsed.add(replica.place);
            }
        }
        return lapsed;
    }

    private void noteRecent(long agentId) {
        recentNanos.remove(agentId);
        recentNanos.put(agentId, scheduler.nanoTime());
        if (recentNanos.size() > RECENT_MAX) {
            recentNanos.remove(recentNanos.keySet().iterator().next());
        }
    }
}
