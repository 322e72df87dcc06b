package io.fairlead.link.tunnel.kas;

import io.fairlead.base.log.SummedLog;
import io.fairlead.base.time.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tunnel streams of which agent are free in this kas, and who waits for one.
 *
 * <p>Streams are handed out in the order they became free, so several agentk pods of one agent share the work. A request
 * that finds none waits: as long as {@link Limits#waitMax} while the agent is or was just connected (it may be moving to a
 * new connection), {@link Limits#absentWait} when it is not.
 *
 * <p>One lock for each agent guards its streams and waiters; while it is held only {@link ServerTunnel#take} and
 * {@link ServerTunnel#hasEnded} are called, which call nobody.
 */
public final class TunnelRegistry implements Tunnels {
    /**
     * @param waitMax how long a request waits for a connected agent's stream; GitLab kas 16.5 has 20 s
     * @param absentWait how long it waits for an agent that is not connected
     * @param recently how long after its last stream an agent counts as moving rather than gone
     * @param waitingMax how many requests may wait for one agent
     * @param streamsMax how many streams one agent may have open, those of all its pods together; GitLab agentk 16.5 opens
     *     500 at most
     */
    public record Limits(Duration waitMax, Duration absentWait, Duration recently, int waitingMax, int streamsMax) {
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(20), 1_000, 500);

        public Limits withStreamsMax(int streams) {
            return new Limits(waitMax, absentWait, recently, waitingMax, streams);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(TunnelRegistry.class);

    private final SummedLog refusals = new SummedLog(log);
    private final ConcurrentMap<Long, Agent> agents = new ConcurrentHashMap<>();
    private final Limits limits;
    private final Scheduler scheduler;
    private final Clock clock;
    private final long startedNanos;
    private final Instant started;
    private volatile LongConsumer presence = agentId -> {};
    private volatile boolean closed;

    /** @param clock for telling people when an agent was last connected */
    public TunnelRegistry(Limits limits, Scheduler scheduler, Clock clock) {
        this.limits = limits;
        this.scheduler = scheduler;
        this.clock = clock;
        this.started = clock.instant();
        this.startedNanos = scheduler.nanoTime();
    }

    /** Has {@code told} hear of each agent whose first stream came or whose last one went, without any lock held. */
    public void onPresence(LongConsumer told) {
        presence = told;
    }

    /** The agents that have streams now. */
    public Set<Long> connected() {
        Set<Long> all = new HashSet<>();
        agents.forEach((agentId, agent) -> {
            synchronized (agent) {
                if (agent.streams > 0) {
                    all.add(agentId);
                }
            }
        });
        return all;
    }

    @Override
    public Waiting acquire(long agentId, String service, String method, TunnelWaiter waiter) {
        Waiter waiting = new Waiter(service, method, waiter);
        Agent agent = agents.computeIfAbsent(agentId, any -> new Agent());
        Optional<ServerTunnel> free;
        NoTunnel refusal = null;
        synchronized (agent) {
            free = closed ? Optional.empty() : agent.takeIdle(service, method);
            if (closed) {
                refusal = new NoTunnel.ShuttingDown();
            } else if (free.isEmpty() && agent.waiters.size() >= limits.waitingMax()) {
                refusal = new NoTunnel.TooManyWaiting(agent.waiters.size());
            } else if (free.isEmpty()) {
                agent.waiters.add(waiting);
                Duration wait = mayCome(agent) ? limits.waitMax() : limits.absentWait();
                waiting.timer = scheduler.schedule(wait, () -> expire(agent, waiting, wait));
            }
        }
        if (refusal != null) {
            waiter.onNoTunnel(refusal);
        } else {
            free.ifPresent(waiter::onTunnel);
        }
        return () -> {
            synchronized (agent) {
                agent.waiters.remove(waiting);
            }
            waiting.stopTimer();
        };
    }

    private boolean mayCome(Agent agent) {
        long now = scheduler.nanoTime();
        long recently = limits.recently().toNanos();
        return agent.streams > 0 || now - startedNanos < recently || (agent.seen && now - agent.seenNanos < recently);
    }

    private void expire(Agent agent, Waiter waiting, Duration waited) {
        NoTunnel reason;
        synchronized (agent) {
            if (!agent.waiters.remove(waiting)) {
                return;
            }
            reason = agent.streams == 0
                    ? new NoTunnel.NotConnected(Optional.ofNullable(agent.lost), started)
                    : new NoTunnel.AllBusy(agent.streams, waited);
        }
        waiting.waiter.onNoTunnel(reason);
    }

    /**
     * A stream was opened by the agent and will serve one request.
     *
     * @return false when the agent has as many as it may have; the stream is not counted then
     */
    boolean opened(long agentId, String name) {
        Agent agent = agents.computeIfAbsent(agentId, any -> new Agent());
        boolean took;
        boolean first = false;
        synchronized (agent) {
            agent.name = name;
            took = agent.streams < limits.streamsMax();
            if (took) {
                agent.streams++;
                first = agent.streams == 1;
            }
        }
        if (took) {
            if (first) {
                presence.accept(agentId);
            }
            return true;
        }
        refusals.warn("agent \"" + name + "\" (id " + agentId + ") opened more than " + limits.streamsMax()
                + " tunnel streams (agent.tunnels_per_agent_max): one was refused");
        return false;
    }

    int streamsMax() {
        return limits.streamsMax();
    }

    /** A stream has ended, used or not. */
    void ended(long agentId, ServerTunnel tunnel) {
        Agent agent = agents.get(agentId);
        if (agent != null) {
            boolean last;
            synchronized (agent) {
                agent.streams--;
                last = agent.streams == 0;
                agent.seen = true;
                agent.seenNanos = scheduler.nanoTime();
                agent.lost = agent.streams == 0 ? clock.instant() : agent.lost;
                agent.idle.remove(tunnel);
            }
            if (last) {
                presence.accept(agentId);
            }
        }
    }

    /** {@code tunnel} is free: it goes to who waits, or waits itself. */
    void ready(long agentId, ServerTunnel tunnel) {
        Agent agent = agents.computeIfAbsent(agentId, any -> new Agent());
        Waiter served;
        synchronized (agent) {
            served = agent.takeWaiter(tunnel);
            if (served == null) {
                if (!tunnel.hasEnded()) {
                    // One that ends from here on is taken out by ended().
                    agent.idle.add(tunnel);
                }
            } else if (!tunnel.take()) {
                // It ended on its way here: the waiter keeps its place.
                agent.waiters.addFirst(served);
                served = null;
            }
        }
        if (served != null) {
            served.stopTimer();
            served.waiter.onTunnel(tunnel);
        }
    }

    @Override
    public Optional<String> agentName(long agentId) {
        Agent agent = agents.get(agentId);
        if (agent == null) {
            return Optional.empty();
        }
        synchronized (agent) {
            return Optional.ofNullable(agent.name);
        }
    }

    /** How many streams the agent has open, free or used. */
    public int streams(long agentId) {
        Agent agent = agents.get(agentId);
        if (agent == null) {
            return 0;
        }
        synchronized (agent) {
            return agent.streams;
        }
    }

    /** How many of the agent's streams are free. */
    public int idleStreams(long agentId) {
        Agent agent = agents.get(agentId);
        if (agent == null) {
            return 0;
        }
        synchronized (agent) {
            return agent.idle.size();
        }
    }

    /** How many requests wait for one of the agent's streams. */
    public int waiting(long agentId) {
        Agent agent = agents.get(agentId);
        if (agent == null) {
            return 0;
        }
        synchronized (agent) {
            return agent.waiters.size();
        }
    }

    /** Refuses new requests and those that wait; running ones are left to end. */
    public void drain() {
        closed = true;
        for (Agent agent : agents.values()) {
            Waiter waiting = agent.takeAnyWaiter();
            while (waiting != null) {
                waiting.stopTimer();
                waiting.waiter.onNoTunnel(new NoTunnel.ShuttingDown());
                waiting = agent.takeAnyWaiter();
            }
        }
    }

    private static final class Waiter {
        final String service;
        final String method;
        final TunnelWaiter waiter;
        Scheduler.@Nullable Scheduled timer;

        Waiter(String service, String method, TunnelWaiter waiter) {
            this.service = service;
            this.method = method;
            this.waiter = waiter;
        }

        void stopTimer() {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    /** One agent's streams and waiters; its monitor guards all fields. Kept when it goes: GitLab's agents bound the number. */
    private static final class Agent {
        @Nullable String name;
        /** When its last stream ended; told only while it has none. */
        @Nullable Instant lost;

        final Deque<ServerTunnel> idle = new ArrayDeque<>();
        final Deque<Waiter> waiters = new ArrayDeque<>();
        int streams;
        boolean seen;
        long seenNanos;

        Optional<ServerTunnel> takeIdle(String service, String method) {
            for (Iterator<ServerTunnel> free = idle.iterator(); free.hasNext(); ) {
                ServerTunnel tunnel = free.next();
                if (tunnel.announces(service, method)) {
                    free.remove();
                    if (tunnel.take()) {
                        return Optional.of(tunnel);
                    }
                }
            }
            return Optional.empty();
        }

        @Nullable Waiter takeWaiter(ServerTunnel tunnel) {
            for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
                Waiter waiting = all.next();
                if (tunnel.announces(waiting.service, waiting.method)) {
                    all.remove();
                    return waiting;
                }
            }
            return null;
        }

        synchronized @Nullable Waiter takeAnyWaiter() {
            return waiters.poll();
        }
    }
}
