package io.fairlead.link.routing.kas;

import io.fairlead.base.time.Scheduler;
import io.fairlead.link.routing.KasPlace;
import io.fairlead.link.tunnel.OutgoingMessage;
import io.fairlead.link.tunnel.kas.NoTunnel;
import io.fairlead.link.tunnel.kas.TunnelRegistry;
import io.fairlead.link.tunnel.kas.TunnelWaiter;
import io.fairlead.link.tunnel.kas.Tunnels;
import io.fairlead.link.tunnel.rpc.GatewayCodec;
import io.fairlead.link.tunnel.rpc.GatewayFrame;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Finds a tunnel with whichever kas has one: this one first and, when it has none free, those of which {@link
 * AgentDirectory} says that the agent is there. What a request finds here costs it nothing more than with one kas.
 */
public final class TunnelRouter implements Tunnels {
    /**
     * @param waitMax how long a request waits for an agent that is somewhere; GitLab kas 16.5 has 20 s
     * @param nextAfter how long one kas is waited for before the next is asked too; GitLab kas 16.5 has 10 ms
     * @param again how long until those are asked again of which none had a tunnel
     * @param searchesMax how many requests for one agent may be looking at once
     */
    public record Limits(Duration waitMax, Duration nextAfter, Duration again, int searchesMax) {
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(20), Duration.ofMillis(10), Duration.ofMillis(500), 1_000);
    }

    private final TunnelRegistry own;
    private final AgentDirectory directory;
    private final Function<KasPlace, Channel> channels;
    private final Limits limits;
    private final Scheduler scheduler;
    private final Map<String, MethodDescriptor<OutgoingMessage, GatewayFrame>> methods = new ConcurrentHashMap<>();
    private final Map<Long, Set<RouteSearch>> searches = new ConcurrentHashMap<>();
    private final LongAdder forwarded = new LongAdder();
    private final LongAdder notFound = new LongAdder();

    public TunnelRouter(
            TunnelRegistry own,
            AgentDirectory directory,
            Function<KasPlace, Channel> channels,
            Limits limits,
            Scheduler scheduler) {
        this.own = own;
        this.directory = directory;
        this.channels = channels;
        this.limits = limits;
        this.scheduler = scheduler;
    }

    /** Another kas now has the agent: those that look for it ask there. */
    public void held(long agentId) {
        Set<RouteSearch> looking = searches.get(agentId);
        if (looking != null) {
            List<RouteSearch> all;
            synchronized (looking) {
                all = List.copyOf(looking);
            }
            all.forEach(RouteSearch::askMore);
        }
    }

    @Override
    public Optional<String> agentName(long agentId) {
        return own.agentName(agentId);
    }

    @Override
    public Waiting acquire(long agentId, String service, String method, TunnelWaiter waiter) {
        RouteSearch search = new RouteSearch(this, agentId, service, method, waiter);
        search.begin();
        return search;
    }

    /** @return false when as many look for this agent as may */
    boolean looks(RouteSearch search) {
        Set<RouteSearch> all = searches.computeIfAbsent(search.agentId(), any -> new HashSet<>());
        synchronized (all) {
            return all.size() < limits.searchesMax() && all.add(search);
        }
    }

    void looksNoMore(RouteSearch search) {
        Set<RouteSearch> all = searches.get(search.agentId());
        if (all != null) {
            synchronized (all) {
                all.remove(search);
            }
        }
    }

    NoTunnel.TooManyWaiting tooMany() {
        return new NoTunnel.TooManyWaiting(limits.searchesMax());
    }

    RemoteTunnel call(KasPlace place, RouteSearch search, String service, String method) {
        MethodDescriptor<OutgoingMessage, GatewayFrame> called =
                methods.computeIfAbsent(service + "/" + method, any -> GatewayCodec.called(service, method));
        return new RemoteTunnel(
                place,
                channels.apply(place)
                        .newCall(called, CallOptions.DEFAULT.withOnReadyThreshold(RemoteTunnel.readyBelowBytes())),
                search);
    }

    TunnelRegistry own() {
        return own;
    }

    AgentDirectory directory() {
        return directory;
    }

    Limits limits() {
        return limits;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    void forwardedOne() {
        forwarded.increment();
    }

    void notFoundOne() {
        notFound.increment();
    }

    /** Requests that another kas's tunnel served. */
    public long forwarded() {
        return forwarded.sum();
    }

    /** Requests for which nobody had a tunnel. */
    public long notFound() {
        return notFound.sum();
    }
}
