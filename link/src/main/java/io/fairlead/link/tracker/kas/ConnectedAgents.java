package io.fairlead.link.tracker.kas;

import com.google.protobuf.Timestamp;
import io.fairlead.link.entity.AgentMeta;
import io.fairlead.link.identity.AgentInfo;
import io.fairlead.link.tracker.AgentConnections;
import io.fairlead.link.tracker.rpc.ConnectedAgentInfo;
import io.fairlead.link.tracker.rpc.VersionOfAgent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * Which pods of which agents are connected to this kas, by agent and by project, in memory.
 *
 * <p>States of a pod: present (seen within {@link #TTL}, or held by a stream) or absent. Time is looked at when the table
 * is, so nothing runs in the background.
 */
public final class ConnectedAgents implements AgentConnections {
    /** kas 16.5: a pod that was silent this long is not connected. */
    public static final Duration TTL = Duration.ofMinutes(5);

    /** Agents that are gone stay in the table until it is as long as this; the one gone longest is dropped first. */
    static final int AGENTS_GONE_MAX = 10_000;

    /** Pods of one agent; a deployment has a few. The one silent longest is forgotten first. */
    static final int PODS_MAX = 1_000;

    private static final class Pod {
        private ConnectedAgentInfo info = ConnectedAgentInfo.getDefaultInstance();
        private Instant endsAt = Instant.EPOCH;
        private int held;

        boolean present(Instant now) {
            return held > 0 || now.isBefore(endsAt);
        }
    }

    private static final class Agent {
        private final long id;
        private final Map<Long, Pod> pods = new LinkedHashMap<>();
        private long projectId;

        Agent(long id) {
            this.id = id;
        }
    }

    private final Clock clock;
    private final LongPredicate serves;
    /** In the order of the last sight, the longest ago first. */
    private final LinkedHashMap<Long, Agent> agents = new LinkedHashMap<>();

    private final Map<Long, Set<Long>> agentsByProject = new HashMap<>();

    public ConnectedAgents(Clock clock) {
        this(clock, agentId -> true);
    }

    /**
     * @param serves whether the agent has tunnels here. With several kas a pod that moved to another is not told any more by
     *     the one that it left
     */
    public ConnectedAgents(Clock clock, LongPredicate serves) {
        this.clock = clock;
        this.serves = serves;
    }

    @Override
    public synchronized void seen(AgentInfo agent, long podId, AgentMeta meta) {
        touch(agent, podId, meta);
        forgetOldest();
    }

    @Override
    public synchronized Connection connected(AgentInfo agent, long podId, AgentMeta meta) {
        Pod pod = touch(agent, podId, meta);
        pod.held++;
        forgetOldest();
        return new Held(agent, podId, pod);
    }

    private final class Held implements Connection {
        private final AgentInfo agent;
        private final long podId;
        private final Pod pod;
        private boolean closed;

        Held(AgentInfo agent, long podId, Pod pod) {
            this.agent = agent;
            this.podId = podId;
            this.pod = pod;
        }

        @Override
        public void close() {
            synchronized (ConnectedAgents.this) {
                if (!closed) {
                    closed = true;
                    pod.held--;
                    if (pod.held == 0) {
                        gone(agent, podId);
                    }
                }
            }
        }
    }

    @Override
    public synchronized void gone(AgentInfo info, long podId) {
        Agent agent = agents.get(info.agentId());
        Pod pod = agent == null ? null : agent.pods.get(podId);
        if (agent != null && pod != null && pod.held == 0) {
            agent.pods.remove(podId);
        }
    }

    private Pod touch(AgentInfo info, long podId, AgentMeta meta) {
        Instant now = clock.instant();
        Agent known = agents.remove(info.agentId());
        Agent agent = known == null ? new Agent(info.agentId()) : known;
        if (agent.projectId != info.projectId()) {
            unindex(agent);
            agentsByProject
                    .computeIfAbsent(info.projectId(), project -> new LinkedHashSet<>())
                    .add(agent.id);
        }
        agent.projectId = info.projectId();
        agents.put(agent.id, agent);
        dropAbsent(agent, now);

        Pod before = agent.pods.remove(podId);
        Pod pod = before == null ? new Pod() : before;
        pod.endsAt = now.plus(TTL);
        pod.info = ConnectedAgentInfo.newBuilder()
                .setAgentMeta(meta)
                .setConnectedAt(
                        Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setConnectionId(podId)
                .setAgentId(agent.id)
                .setProjectId(agent.projectId)
                .build();
        agent.pods.put(podId, pod);
        return pod;
    }

    private static void dropAbsent(Agent agent, Instant now) {
        Iterator<Pod> pods = agent.pods.values().iterator();
        int excess = agent.pods.size() + 1 - PODS_MAX;
        while (pods.hasNext()) {
            Pod pod = pods.next();
            if (!pod.present(now) || (excess > 0 && pod.held == 0)) {
                pods.remove();
                excess--;
            }
        }
    }

    /** The table grows by one agent at a time, so looking at the eldest few is enough to keep it bounded. */
    private void forgetOldest() {
        Instant now = clock.instant();
        Iterator<Agent> eldest = agents.values().iterator();
        while (agents.size() > AGENTS_GONE_MAX && eldest.hasNext()) {
            Agent agent = eldest.next();
            if (agent.pods.values().stream().anyMatch(pod -> pod.present(now))) {
                // All younger ones with a TTL are present too; only held ones, which are few, are worth stepping over.
                if (agent.pods.values().stream().noneMatch(pod -> pod.held > 0)) {
                    return;
                }
            } else {
                eldest.remove();
                unindex(agent);
            }
        }
    }

    private void unindex(Agent agent) {
        Set<Long> others = agentsByProject.get(agent.projectId);
        if (others != null && others.remove(agent.id) && others.isEmpty()) {
            agentsByProject.remove(agent.projectId);
        }
    }

    /** The connected pods of the agents of one project. */
    public synchronized List<ConnectedAgentInfo> ofProject(long projectId) {
        return ofAgents(agentsByProject.getOrDefault(projectId, Set.of()));
    }

    /** The connected pods of the agents with these ids. */
    public synchronized List<ConnectedAgentInfo> ofAgents(Collection<Long> agentIds) {
        Instant now = clock.instant();
        List<ConnectedAgentInfo> pods = new ArrayList<>();
        for (Long agentId : agentIds) {
            Agent agent = agents.get(agentId);
            if (agent != null && serves.test(agentId)) {
                agent.pods.values().stream().filter(pod -> pod.present(now)).forEach(pod -> pods.add(pod.info));
            }
        }
        return pods;
    }

    /** Each agent that has a pod connected, with each version of its pods once. */
    synchronized List<VersionOfAgent> versions() {
        Instant now = clock.instant();
        List<VersionOfAgent> found = new ArrayList<>();
        for (Agent agent : agents.values()) {
            if (serves.test(agent.id)) {
                agent.pods.values().stream()
                        .filter(pod -> pod.present(now))
                        .map(pod -> pod.info.getAgentMeta().getVersion())
                        .distinct()
                        .forEach(version -> found.add(VersionOfAgent.newBuilder()
                                .setAgentId(agent.id)
                                .setVersion(version)
                                .build()));
            }
        }
        return found;
    }

    /** How many agents are connected, for {@code connected_agents_count}. */
    public synchronized int count() {
        Instant now = clock.instant();
        return (int) agents.values().stream()
                .filter(agent ->
                        serves.test(agent.id) && agent.pods.values().stream().anyMatch(pod -> pod.present(now)))
                .count();
    }
}
